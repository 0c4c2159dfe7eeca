// Makes temporary files in the folder that TMPDIR sets, as in other programs.

import { readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writing } from "../../compiler/diagnostics/catalog/system.ts";
import { isOfSystem } from "./file-problem.ts";
import { unwritable } from "./unwritable.ts";

/**
 * Runs `write`, which writes into the temporary folder; `purpose` is the reason for messages. Throws
 * DiagnosticError if that folder is missing, full or read-only.
 */
export async function inTemporary<T>(purpose: string, write: () => T | Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    throw unwritable(tmpdir(), error, writing.temporary(purpose));
  }
}

/** Removes leftovers of killed processes by name; those that cannot be removed belong to another user. */
export function removeLeftTemporaries(isLeft: (name: string, path: string) => boolean): void {
  for (const name of orNothing(() => readdirSync(tmpdir())) ?? []) {
    const path = join(tmpdir(), name);
    if (orNothing(() => isLeft(name, path)) === true) removeIfPossible(path);
  }
}

export function removeIfPossible(path: string): void {
  // A file that was just being created can delay the removal of its folder.
  orNothing(() => rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 5 }));
}

/** Null if the system refuses. */
function orNothing<T>(work: () => T): T | null {
  try {
    return work();
  } catch (error) {
    if (!isOfSystem(error)) throw error;
    return null;
  }
}
