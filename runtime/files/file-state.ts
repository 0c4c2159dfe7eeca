// Detects a file that changed while it was read, so that its rows are a mixture of old and new content.

import { stat } from "node:fs/promises";
import { fileChanged } from "../../compiler/diagnostics/catalog/data.ts";
import { diagnose, inData } from "../../compiler/diagnostics/diagnostic.ts";
import { FileFault } from "./file-fault.ts";

/** The size, modification time and inode of a file, as one text. */
export async function stateOf(location: string): Promise<string> {
  const { size, mtimeNs, ino } = await stat(location, { bigint: true });
  return `${size} ${mtimeNs} ${ino}`;
}

/** Throws DiagnosticError if the file at `location`, called `path`, is no longer in `state`. */
export async function requireState(path: string, location: string, state: string): Promise<void> {
  const now = await stateOf(location).catch(() => null);
  if (now !== state)
    throw new FileFault(path, (file) => diagnose(fileChanged, {}, inData({ path: file.path })));
}
