// Processes of one machine exchange through shared memory what they exchange by gloo elsewhere, and notice
// when one of them is gone.

import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runFork } from "./forks.ts";
import { copyRuntime, noTorch, script } from "./torchrun.ts";

test.skipIf(noTorch !== null).each([2, 3])("%i processes", async (ranks) => {
  const folder = await mkdtemp(join(tmpdir(), "dinc-nearby-"));
  try {
    await copyRuntime(folder);
    const { stderr } = await runFork([script("nearby.py"), join(folder, "found")], { folder, ranks });
    for (let rank = 0; rank < ranks - 1; rank++) {
      const found = await readFile(join(folder, `found-${rank}.json`), "utf8").catch(() => stderr);
      expect(JSON.parse(found)).toEqual({
        "refused by one": true,
        there: true,
        "same as gloo": true,
        "same bits": true,
        "gathered and scattered": true,
        "notices the end": true,
      });
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
