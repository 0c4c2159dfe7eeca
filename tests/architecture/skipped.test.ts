// `.ci/run` fails where a test is skipped that `.ci/skipped.mjs` doesn't list, and the list names tests that exist.

import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../cli/spawn.ts";

const script = join(root, ".ci/skipped.mjs");

function checked(...tests: readonly { file: string; fullName: string; status: string }[]) {
  const folder = mkdtempSync(join(tmpdir(), "dinc-skipped-"));
  try {
    const path = join(folder, "report.json");
    const testResults = tests.map(({ file, ...each }) => ({
      name: join(root, file),
      assertionResults: [each],
    }));
    writeFileSync(path, JSON.stringify({ testResults }));
    const { status, stdout } = spawnSync(process.execPath, [script, path], { encoding: "utf8" });
    return { status, stdout };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const passed = { file: "tests/cli/train.test.ts", fullName: "trains", status: "passed" };
const listed = { file: "tests/init/tomorrow.test.ts", fullName: "MovieLens tomorrow", status: "skipped" };

test("a skipped test that is on the list passes with its reason, any other fails", () => {
  expect(checked(passed, listed)).toEqual({
    status: 0,
    stdout: expect.stringMatching(/MovieLens tomorrow: needs a data set .*\n1 skipped\n$/),
  });
  for (const status of ["skipped", "pending", "todo"])
    expect(checked(listed, { ...passed, status })).toEqual({
      status: 1,
      stdout: expect.stringMatching(/train\.test\.ts: trains: for no reason .*\n2 skipped\n$/),
    });
  expect(checked({ ...listed, fullName: "another" }).status).toBe(1);
});

test("every file on the list is one of the suite", () => {
  const files = [...readFileSync(script, "utf8").matchAll(/file: "(.+?)"/g)].map(([, file]) => file!);
  expect(files.length).toBeGreaterThan(3);
  expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
});
