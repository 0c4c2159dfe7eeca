// Scripts of the repository print their usage with `--help`, and do nothing else. None ends in a stack trace.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { root } from "./spawn.ts";

const cwd = mkdtempSync(join(tmpdir(), "dinc-scripts-"));
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

function ended(path: string, ...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, path), ...args], {
    ...{ cwd, encoding: "utf8" },
  });
  expect(readdirSync(cwd)).toEqual([]);
  return { status, stdout, stderr };
}

describe.each([
  ["playground/build.mjs", "`npm run playground`"],
  ["manual/build.mjs", "`npm run docs`"],
  ["grammar/editors/vscode/bundle.mjs", "package:vscode"],
  ["tests/bench/run.mjs", "`npm run bench`"],
  ["tests/parity/run.mjs", "npm run parity"],
  ["python/jupyterlab/build.mjs", "node python/jupyterlab/build.mjs FOLDER"],
  ["tests/quick.mjs", "`npm run test:quick`"],
  ["tests/random.mjs", "`npm run test:random`"],
  ["tests/generate.mjs", "`npm run generate`"],
  ["tests/times.mjs", "node tests/times.mjs FILE"],
  ["tests/versions/keep.mjs", "node tests/versions/keep.mjs"],
  ["tests/experiments/beauty.mjs", "node tests/experiments/beauty.mjs"],
  ["tests/experiments/regularisation.mjs", "node tests/experiments/regularisation.mjs"],
  ["examples/quickstart.mjs", "npm run quickstart"],
  ["examples/criteo/generate.mjs", "node generate.mjs"],
  ["examples/din-simulated/generate.mjs", "node generate.mjs --out data"],
  ["examples/daily/prepare.mjs", "node prepare.mjs"],
  ["examples/daily/compare.mjs", "node compare.mjs"],
  ["examples/zoo/prepare.mjs", "node prepare.mjs"],
])("%s", (path, command) => {
  test("prints its usage", () => {
    const { status, stdout, stderr } = ended(path, "--help");
    expect(stderr).toBe("");
    expect(status).toBe(0);
    expect(stdout).toContain(command);
    expect(stdout).not.toContain("//");
  });
});

test.each([
  ["examples/criteo/generate.mjs", "--row"],
  ["examples/din-simulated/generate.mjs", "--item"],
  ["examples/daily/prepare.mjs", "--movielen"],
  ["examples/daily/compare.mjs", "--since", "soon"],
  ["examples/zoo/prepare.mjs", "--movielen"],
  ["tests/times.mjs"],
])("%s %s says what is wrong", (path, ...args) => {
  const { status, stderr } = ended(path, ...args);
  expect(status).toBe(2);
  expect(stderr).not.toMatch(/^\s+at /m);
});
