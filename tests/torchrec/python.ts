// The Python that has PyTorch and TorchRec, which `dinc torch install` puts into the user's cache. Tests that
// need it are skipped where it is missing.

import { installedTorch } from "../../runtime/native/torch-folder.ts";

/** A sentence for a skipped test. */
export const MISSING = "PyTorch is not installed: `dinc torch install` does that";

/** The interpreter; null where there is none. */
export function torchPython(): string | null {
  return installedTorch()?.python ?? null;
}

/** The environment of Python: one thread, as tests share the processor. */
export function torchEnvironment(): Record<string, string> {
  const own = { OMP_NUM_THREADS: "1", PYTHONDONTWRITEBYTECODE: "" };
  return { ...process.env, ...own } as Record<string, string>;
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}
