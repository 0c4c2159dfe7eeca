// `.ci/run` ends with the tests that failed, and with those that passed only at their second try.

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../cli/spawn.ts";

test("a failed test, a second try and a file that fails as a whole are listed with their messages", () => {
  const folder = mkdtempSync(join(tmpdir(), "dinc-failed-"));
  try {
    const report = join(folder, "report.json");
    const name = (file: string) => join(root, "tests", file);
    const failureMessages = ["Error: no\n    at here\n    at node_modules/vitest"];
    const assertionResults = [
      { fullName: "good", status: "passed", failureMessages: [] },
      { fullName: "bad", status: "failed", failureMessages },
      { fullName: "later", status: "passed", failureMessages },
    ];
    const testResults = [
      { name: name("a.test.ts"), status: "failed", message: "", assertionResults },
      { name: name("b.test.ts"), status: "failed", message: "SyntaxError: }", assertionResults: [] },
    ];
    writeFileSync(report, JSON.stringify({ testResults }));
    const command = [join(root, ".ci/failed.mjs"), report, join(folder, "absent.json")];
    const { stdout } = spawnSync(process.execPath, command, { cwd: root, encoding: "utf8" });
    expect(stdout.trimEnd().split("\n")).toEqual([
      "failed: tests/a.test.ts: bad",
      "    Error: no",
      "        at here",
      "passed at the second try: tests/a.test.ts: later",
      "    Error: no",
      "        at here",
      "failed: tests/b.test.ts: the file itself",
      "    SyntaxError: }",
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
