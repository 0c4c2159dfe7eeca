// Opens the files and the memory for a reading, and closes them in all cases.

import type { ColumnMemory } from "../../../compiler/data/columns.ts";
import { DEFAULT_MEMORY } from "../../../compiler/frontend/config/config.ts";
import type { Encoders } from "../../../compiler/frontend/kinds/encoders.ts";
import type { Model } from "../../../compiler/frontend/model/model.ts";
import { Scratch } from "../../files/scratch.ts";
import { openMemory, type ReadingMemory } from "../storage/memory.ts";
import type { SpillingStore } from "../storage/spilling-store.ts";
import { DataFiles, type FileOptions } from "./data-files.ts";
import type { RowSample } from "./row-sample.ts";

/** The context of every reader; a command has one for everything that it reads together. */
export interface Reading {
  readonly files: DataFiles;
  readonly memory: ColumnMemory<SpillingStore>;
  readonly model: Model;
  readonly encoders: Encoders;
}

export interface ReadingOptions extends Omit<FileOptions, "limits"> {
  /**
   * The memory that other work takes while files are read, and a promise that resolves when it is free again.
   */
  readonly beside?: { readonly bytes: number; readonly settled: Promise<unknown> } | null;
  /** Draws a sample of the training rows. */
  readonly sample?: RowSample | null;
  /**
   * The folder for columns that do not fit into memory. The caller removes it; without it, a folder is
   * removed when the process ends.
   */
  readonly columns?: Scratch;
  /** False if no settings can give more memory. */
  readonly hasSetting?: boolean;
}

/** Reads, and uses DuckDB's memory as well after DuckDB is closed. If reading fails, no files remain. */
export async function withMemory<R, T>(
  bytes: number,
  path: string,
  {
    report,
    badRows,
    csv,
    knownFiles,
    beside = null,
    sample = null,
    columns = new Scratch(),
    hasSetting = true,
  }: ReadingOptions,
  read: (files: DataFiles, memory: ReadingMemory) => Promise<R>,
  goOn: (read: R, memory: ReadingMemory) => T | Promise<T>,
): Promise<T> {
  const memory = openMemory(bytes, columns, (beside?.bytes ?? 0) + (sample?.bytes ?? 0), hasSetting);
  try {
    const files = await DataFiles.open({ report, badRows, limits: memory.limits, csv, knownFiles });
    const found = await files.badRows.during(() => read(files, memory)).finally(() => files.close());
    await beside?.settled;
    memory.allForColumns();
    return await goOn(found, memory);
  } catch (error) {
    memory.discard();
    throw memory.problemOf(error, path);
  } finally {
    memory.close();
  }
}

/** Reads files without settings, within the default memory of a training. */
export async function withFiles<T>(
  path: string,
  options: Omit<FileOptions, "limits">,
  read: (files: DataFiles) => Promise<T>,
  bytes = DEFAULT_MEMORY,
): Promise<T> {
  return withMemory(bytes, path, { ...options, hasSetting: false }, read, (found) => found);
}

/** Reports a lack of room as an error about `path`. */
export async function naming<T>(path: string, memory: ReadingMemory, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw memory.problemOf(error, path);
  }
}
