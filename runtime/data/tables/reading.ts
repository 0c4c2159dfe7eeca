// Opens the files and the memory of a reading, and closes them however it ends.

import type { ColumnMemory } from "../../../compiler/data/columns.ts";
import { DEFAULT_MEMORY } from "../../../compiler/frontend/config/config.ts";
import type { Encoders } from "../../../compiler/frontend/kinds/encoders.ts";
import type { Model } from "../../../compiler/frontend/model/model.ts";
import { Scratch } from "../../files/scratch.ts";
import { openMemory, type ReadingMemory } from "../storage/memory.ts";
import type { SpillingStore } from "../storage/spilling-store.ts";
import { DataFiles, type FileOptions } from "./data-files.ts";
import type { RowSample } from "./row-sample.ts";

/** The context of every reader; a command has one for all that it reads together. */
export interface Reading {
  readonly files: DataFiles;
  readonly memory: ColumnMemory<SpillingStore>;
  readonly model: Model;
  readonly encoders: Encoders;
}

export interface ReadingOptions extends Omit<FileOptions, "limits"> {
  /** The memory that something else takes while the files are read, and when it gives it back. */
  readonly beside?: { readonly bytes: number; readonly settled: Promise<unknown> } | null;
  /** Draws some of the training rows. */
  readonly sample?: RowSample | null;
  /**
   * Where columns go that do not fit into memory, until the caller removes it; where it is not given, until
   * the process ends.
   */
  readonly columns?: Scratch;
}

/**
 * Reads, and when DuckDB is closed goes on with what it had of the memory, too. Where it fails, nothing is
 * left in files.
 */
export async function withMemory<R, T>(
  bytes: number,
  path: string,
  { report, badRows, csv, beside = null, sample = null, columns = new Scratch() }: ReadingOptions,
  read: (files: DataFiles, memory: ReadingMemory) => Promise<R>,
  goOn: (read: R, memory: ReadingMemory) => T | Promise<T>,
): Promise<T> {
  const memory = openMemory(bytes, columns, (beside?.bytes ?? 0) + (sample?.bytes ?? 0));
  try {
    const files = await DataFiles.open({ report, badRows, limits: memory.limits, csv });
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

/** Reads files beside a training, within the memory that a training has by default. */
export async function withFiles<T>(
  path: string,
  options: Omit<FileOptions, "limits">,
  read: (files: DataFiles) => Promise<T>,
  bytes = DEFAULT_MEMORY,
): Promise<T> {
  return withMemory(bytes, path, options, read, (found) => found);
}

/** Says of `path` that there is no room for what reads it, where that is so. */
export async function naming<T>(path: string, memory: ReadingMemory, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw memory.problemOf(error, path);
  }
}
