// Compares a file with its size and hash from the time it was written.

import { stat } from "node:fs/promises";
import { fileProblem } from "./file-problem.ts";
import { type FileFingerprint, fingerprint } from "./fingerprint.ts";

/** Makes the error: `reason` continues the sentence after the path, as in `is missing`. */
export type Damaged = (path: string, reason: string) => Error;

/** `since` names the time of the record, such as `training`. */
export async function requireUnchanged(
  path: string,
  expected: FileFingerprint,
  since: string,
  damaged: Damaged,
): Promise<void> {
  const refuse = (error: NodeJS.ErrnoException) => {
    throw error.code === "ENOENT" ? damaged(path, "is missing") : unreadable(path, error, damaged);
  };
  // A file of another size need not be read.
  const found = await stat(path).catch(refuse);
  if (found.isFile() && found.size !== expected.bytes)
    throw damaged(path, `has ${found.size} bytes instead of ${expected.bytes}`);
  const actual = await fingerprint(path).catch(refuse);
  if (actual.hash !== expected.hash) throw damaged(path, `has been changed since ${since}`);
}

/** The error if a required file cannot be read. */
export function unreadable(path: string, error: unknown, damaged: Damaged): Error {
  return damaged(path, `cannot be read: ${fileProblem(error)}`);
}
