// Benchmarks run seldom, so they would break unseen: the parts that take seconds run here with few rows. Their numbers mean
// nothing.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";

test.each([
  "ingest",
  "criteo",
  "tutorials",
  "check",
  "pool",
  "append",
  "serve",
  "patches",
  "python",
  "long",
  "playground",
])("`npm run bench -- %s --small` measures", (part) => {
  const folder = mkdtempSync(join(tmpdir(), "dinc-test-"));
  try {
    const page = join(folder, "page.md");
    const args = [join(import.meta.dirname, "run.mjs"), part, "--small", "--out", page];
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
    expect(`${status} ${stderr}`).toMatch(/^0 /);
    expect(readFileSync(page, "utf8")).toContain(`## ${part}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
