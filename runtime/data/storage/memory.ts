// The memory budget for reading data: half is for DuckDB while it reads files and sorts an event log, the
// rest is for columns. Data beyond the budget go to temporary folders of the process.

import type { ColumnMemory } from "../../../compiler/data/columns.ts";
import { memoryTooSmall, scratchUnwritable } from "../../../compiler/diagnostics/catalog/memory.ts";
import { DiagnosticError, diagnose, inData, noLocation } from "../../../compiler/diagnostics/diagnostic.ts";
import { nameOfAddress } from "../../../compiler/frontend/config/elsewhere.ts";
import { isOutOfDisk, isOutOfMemory } from "../../duckdb/errors.ts";
import type { MemoryLimits } from "../../duckdb/memory-limits.ts";
import { fileProblem } from "../../files/file-problem.ts";
import { removeLeftScratch, Scratch } from "../../files/scratch.ts";
import { FileReader, SpillingStore } from "./spilling-store.ts";

export interface ReadingMemory extends ColumnMemory<SpillingStore> {
  readonly limits: MemoryLimits;
  /** DuckDB is closed, and others are done: what they had is for columns, too. */
  readonly allForColumns: () => void;
  /** All is read: what was only needed for that goes, columns stay. */
  readonly close: () => void;
  /** Nobody will read the columns. */
  readonly discard: () => void;
  /** The diagnostic for an error that says that there is no room while `path` is read; another error as it is. */
  readonly problemOf: (error: unknown, path: string) => unknown;
}

/** DuckDB cannot do with less: 32 MB are one buffer of a CSV. */
const LEAST_FOR_DUCKDB = 64e6;

/**
 * `bytes` are all that may be taken, of which others have `taken` while files are read. What does not fit
 * goes to `columns`.
 */
export function openMemory(bytes: number, columns: Scratch, taken = 0): ReadingMemory {
  removeLeftScratch();
  const duckdb = new Scratch();
  const forDuckDb = Math.max(LEAST_FOR_DUCKDB, Math.floor(bytes / 2));
  const reader = new FileReader();
  const forColumns = Math.max(0, bytes - forDuckDb - taken);
  const store = new SpillingStore(forColumns, columns.folder);
  return {
    store,
    reader,
    limits: { bytes: forDuckDb, folder: duckdb.path },
    allForColumns: () => store.give(bytes - forColumns),
    close: () => {
      reader.close();
      duckdb.remove();
    },
    discard: () => columns.remove(),
    problemOf: (error, path) => {
      if (error instanceof DiagnosticError || !(error instanceof Error)) return error;
      if (isOutOfMemory(error))
        return new DiagnosticError([
          diagnose(memoryTooSmall, { bytes }, inData({ path: nameOfAddress(path) })),
        ]);
      const reason = scratchProblem(error, columns.parent);
      return reason === null
        ? error
        : new DiagnosticError([diagnose(scratchUnwritable, { folder: columns.parent, reason }, noLocation)]);
    },
  };
}

/** Why the folder cannot be written, where that is what the error says; a write alone says no path. */
function scratchProblem(error: Error, folder: string): string | null {
  const { code, path, syscall } = error as NodeJS.ErrnoException;
  if (code === "ENOSPC" || code === "EDQUOT" || code === "EFBIG" || isOutOfDisk(error))
    return "the disk is full";
  const isThere = path === undefined ? syscall === "write" : path.startsWith(folder);
  if (code === undefined || !isThere) return null;
  switch (code) {
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return "you may not write there";
    case "ENOENT":
      return "there is no such folder";
    default:
      return fileProblem(error);
  }
}
