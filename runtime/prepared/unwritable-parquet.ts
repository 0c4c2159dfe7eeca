// The diagnostic for a Parquet file, or a folder of such files, that DuckDB could not write because the disk
// was full.

import { scratchUnwritable } from "../../compiler/diagnostics/catalog/memory.ts";
import { fileUnwritable } from "../../compiler/diagnostics/catalog/run.ts";
import { writing } from "../../compiler/diagnostics/catalog/system.ts";
import { DiagnosticError, diagnose, noLocation } from "../../compiler/diagnostics/diagnostic.ts";
import { isOutOfDisk } from "../duckdb/errors.ts";
import type { Scratch } from "../files/scratch.ts";
import { unwritable } from "../files/unwritable.ts";

/**
 * The error to throw if writing `out` failed with `error`; all but that of a full disk are left to
 * `unwritable`.
 */
export function unwritableParquet(out: string, error: unknown, scratch: Scratch): unknown {
  if (error instanceof DiagnosticError || !isOutOfDisk(error)) return unwritable(out, error);
  const reason = "the disk is full";
  const isScratch = error instanceof Error && error.message.includes(scratch.path);
  const full = isScratch
    ? diagnose(scratchUnwritable, { folder: scratch.parent, reason }, noLocation)
    : diagnose(fileUnwritable, { path: out, reason }, noLocation, { help: writing.full() });
  return new DiagnosticError([full]);
}
