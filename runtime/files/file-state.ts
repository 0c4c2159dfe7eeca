// Detects a file that was changed while it was read, so that the rows are neither the old content nor the new.

import { stat } from "node:fs/promises";
import { fileChanged } from "../../compiler/diagnostics/catalog/data.ts";
import { diagnose, inData } from "../../compiler/diagnostics/diagnostic.ts";
import { FileFault } from "./file-fault.ts";

/** Size, time of the last change and number of a file, as one text. */
export async function stateOf(location: string): Promise<string> {
  const { size, mtimeNs, ino } = await stat(location, { bigint: true });
  return `${size} ${mtimeNs} ${ino}`;
}

/** Throws DiagnosticError where the file at `location`, called `path`, is not in `state` any more. */
export async function requireState(path: string, location: string, state: string): Promise<void> {
  const now = await stateOf(location).catch(() => null);
  if (now !== state)
    throw new FileFault(path, (file) => diagnose(fileChanged, {}, inData({ path: file.path })));
}
