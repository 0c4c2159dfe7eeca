// The Python that has PyTorch and TorchRec, which `dinc torch install` puts into the user's cache. Tests that
// need it are skipped where it is missing.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { reasonLine, runCommand } from "../../runtime/native/run-command.ts";
import { installedTorch } from "../../runtime/native/torch-folder.ts";

/** A sentence for a skipped test. */
export const MISSING = "PyTorch is not installed: `dinc torch install` does that";

/** The interpreter; null where there is none. */
export function torchPython(): string | null {
  return installedTorch()?.python ?? null;
}

/**
 * What a script prints as JSON for `input`, which it reads as JSON from a file; one thread, as tests share
 * the processor.
 */
export async function ran(script: string, input: unknown): Promise<unknown> {
  const folder = await mkdtemp(join(tmpdir(), "dinc-torch-"));
  try {
    const path = join(folder, "input.json");
    await writeFile(path, JSON.stringify(input));
    const env = { ...process.env, OMP_NUM_THREADS: "1", PYTHONDONTWRITEBYTECODE: "" };
    const result = await runCommand(torchPython()!, [script, path], { env });
    if (result.code !== 0) throw new Error(`${script} failed: ${reasonLine(result)}\n${result.stderr}`);
    return JSON.parse(result.stdout);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
