// The memory budget for reading data: half is for DuckDB while it reads files, and for sorting an event log;
// the rest is for columns. Data beyond the budget go to temporary folders of the process.

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
  /**
   * Called when DuckDB is closed and other users of memory are done: their memory is then available for
   * columns.
   */
  readonly allForColumns: () => void;
  /** Called after everything is read: releases all memory except columns. */
  readonly close: () => void;
  /** Called when the columns are no longer needed. */
  readonly discard: () => void;
  /**
   * The diagnostic for an error that means that there is no space while `path` is read; other errors
   * unchanged.
   */
  readonly problemOf: (error: unknown, path: string) => unknown;
}

/** DuckDB needs at least this much: one buffer of a CSV is 32 MB. */
export const LEAST_FOR_DUCKDB = 64e6;

/**
 * `bytes` is the whole budget, of which others use `taken` while files are read; settings have given it, or the caller has
 * none. Data beyond it go to
 * `columns`.
 */
export function openMemory(bytes: number, columns: Scratch, taken = 0, hasSetting = true): ReadingMemory {
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
          diagnose(memoryTooSmall, { bytes, hasSetting }, inData({ path: nameOfAddress(path) })),
        ]);
      const reason = scratchProblem(error, columns.parent);
      return reason === null
        ? error
        : new DiagnosticError([diagnose(scratchUnwritable, { folder: columns.parent, reason }, noLocation)]);
    },
  };
}

/** The reason why the folder cannot be written, if that is the error; a failed write names no path. */
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
