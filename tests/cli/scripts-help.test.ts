// Scripts of the repository print their usage with `--help`, and do nothing else.

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "./spawn.ts";

test.each([
  ["playground/build.mjs", "npm run playground"],
  ["manual/build.mjs", "npm run docs"],
  ["tests/bench/run.mjs", "npm run bench"],
  ["tests/quick.mjs", "npm run test:quick"],
  ["tests/random.mjs", "npm run test:random"],
])("%s", (path, command) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, path), "--help"], {
    encoding: "utf8",
  });
  expect(stderr).toBe("");
  expect(status).toBe(0);
  expect(stdout).toContain(`\`${command}\``);
  expect(stdout).not.toContain("//");
});
