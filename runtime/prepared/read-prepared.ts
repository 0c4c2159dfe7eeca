// Reads prepared rows: all splits for a training, with the same result bit by bit as from raw data, or one
// split for scoring.

import { join } from "node:path";
import { type Column, int32s, part } from "../../compiler/data/columns.ts";
import type { GraphInputs } from "../../compiler/data/graph-inputs.ts";
import type { StoredRows } from "../../compiler/data/row-stages.ts";
import { preparedOfOthers } from "../../compiler/diagnostics/catalog/prepared.ts";
import { DiagnosticError, diagnose, noLocation } from "../../compiler/diagnostics/diagnostic.ts";
import { type LocatedData, requestDifference } from "../../compiler/frontend/config/rows-description.ts";
import type { Fitted, Model } from "../../compiler/frontend/model/model.ts";
import { groupsAt, requireCounted } from "../data/batches.ts";
import { AFTER_KEYS, BoundedOrders, type ReadingMemory, storedRows } from "../data/storage.ts";
import type { DataFile, DataFiles, SqlColumn } from "../data/tables.ts";
import { withMemory } from "../data/tables.ts";
import type { ReadOptions, TrainingData } from "../data/training-data.ts";
import { identifier } from "../duckdb/sql-text.ts";
import { digest } from "../files/fingerprint.ts";
import { fittedTexts } from "../fitted/fitted-texts.ts";
import {
  COUNT,
  type PreparedColumn,
  type PreparedSplit,
  type SplitDescription,
  typeNameOf,
} from "./prepared-folder.ts";
import type { PreparedFolder } from "./read-description.ts";
import { type FilledColumns, RowsFiller } from "./rows-filler.ts";

export interface PreparedOptions
  extends Pick<ReadOptions, "report" | "columns" | "inputs" | "measuresTrain"> {
  /** In bytes, like `data.memory` of dinc.yaml. */
  readonly memory: number;
}

/** Returns the same as `readTraining` of the raw data; `source` is null if the raw data are unknown. */
export async function readPrepared(
  folder: PreparedFolder,
  model: Model,
  source: LocatedData | null,
  options: PreparedOptions,
): Promise<TrainingData<StoredRows>> {
  const { description } = folder;
  requireAsked(folder, model, source);
  const fitted = await folder.fitted();
  const read = async (files: DataFiles, memory: ReadingMemory) => {
    const reading = { folder, files, memory, inputs: null };
    const train = await readSplitRows(reading, "train", description.splits.train, false);
    const places = train.numbers === null ? null : await placesOf(train.numbers, files, memory);
    const other = async (split: PreparedSplit) => {
      const described = description.splits[split];
      return described === undefined ? null : (await readSplitRows(reading, split, described, false)).rows;
    };
    const counts = await metIn(folder, files);
    return { train: train.rows, places, valid: await other("valid"), test: await other("test"), counts };
  };
  return withMemory(options.memory, folder.path, options, read, (read, memory) => {
    const settled = (rows: typeof read.valid, isMeasured: boolean) =>
      rows === null ? null : storedRows(rows, isMeasured, memory);
    const train = storedRows(read.train, options.measuresTrain === true, memory);
    requireCounted(model, train, memory.reader);
    const [valid, test] = [settled(read.valid, true), settled(read.test, true)];
    const orders = new BoundedOrders(memory.store.leftRoom(), read.places, groupsAt(model, train));
    return {
      ...{ train, valid, test, fitted, counts: read.counts },
      ...{ fingerprint: description.data, orders, onDisk: memory.store.onDisk },
    };
  });
}

/** By vocabulary: the number of occurrences of each id in the training rows; null if it was not stored. */
async function metIn(folder: PreparedFolder, files: DataFiles): Promise<TrainingData["counts"]> {
  const { met } = folder.description;
  if (met === undefined) return null;
  const counts = new Map<string, Float64Array>();
  for (const [vocabulary, described] of Object.entries(met)) {
    const file = await files.file(await folder.require(described.file, described));
    const numbers: number[] = [];
    await files.scan(file, [file.columns.get(COUNT)!], ({ columns: [some] }) => {
      for (const count of some!.cells) numbers.push(count as number);
    });
    counts.set(vocabulary, Float64Array.from(numbers));
  }
  return counts;
}

/**
 * The rows of a split in dinc's reading order, with labels and groups; null if the folder has no such split.
 */
export async function readPreparedSplit(
  folder: PreparedFolder,
  model: Model,
  split: PreparedSplit,
  options: PreparedOptions,
): Promise<StoredRows | null> {
  const { description } = folder;
  requireAsked(folder, model, null);
  const described = description.splits[split];
  if (described === undefined) return null;
  const read = (files: DataFiles, memory: ReadingMemory) =>
    readSplitRows({ folder, files, memory, inputs: options.inputs ?? null }, split, described, true);
  return withMemory(options.memory, folder.path, options, read, ({ rows }, memory) =>
    storedRows(rows, true, memory),
  );
}

function requireAsked({ path, description }: PreparedFolder, model: Model, source: LocatedData | null): void {
  const otherwise = requestDifference(path, description.reads, model, source);
  if (otherwise !== null) throw new DiagnosticError([otherwise]);
}

/** Throws DiagnosticError if a run's ids or transforms differ from those of the rows. */
export function requireFittedAs({ path, description }: PreparedFolder, run: string, fitted: Fitted): void {
  for (const [name, text] of fittedTexts(fitted)) {
    const recorded = Object.hasOwn(description.files, name) ? description.files[name] : undefined;
    if (recorded?.sha256 === digest(Buffer.from(text))) continue;
    const feature = /^vocab\/(.*)\.jsonl$/.exec(name)?.[1];
    const what = feature === undefined ? "the transforms" : `the ids of \`${feature}\``;
    throw new DiagnosticError([diagnose(preparedOfOthers, { folder: path, run, what }, noLocation)]);
  }
}

interface Reading {
  readonly folder: PreparedFolder;
  readonly files: DataFiles;
  readonly memory: ReadingMemory;
  /** The features and histories to read; null for all. */
  readonly inputs: GraphInputs | null;
}

/** With `isInOrder` in dinc's reading order, otherwise in stored order. */
async function readSplitRows(
  { folder, files, memory, inputs }: Reading,
  split: PreparedSplit,
  { rows, shards }: SplitDescription,
  isInOrder: boolean,
): Promise<FilledColumns> {
  const columns = folder.description.columns.filter(
    (column) =>
      isRead(column, folder.description.columns, inputs) && (column.role !== "row" || split === "train"),
  );
  const filler = new RowsFiller(columns, rows, memory.store);
  const read: DataFile[] = [];
  for (const shard of shards) {
    files.say(`${join(folder.path, shard.file)}: comparing with prepared.json`);
    read.push(await files.file(await folder.require(shard.file, shard)));
  }
  const numbered = columns.find(({ role }) => role === "row");
  const sources =
    isInOrder && numbered !== undefined && read.length > 0 ? [sorted(read, rows, numbered)] : read;
  for (const file of sources) {
    const wanted = columns.map((column) => columnIn(file, column, folder));
    await files.scan(file, wanted, (chunk) => filler.add(chunk));
  }
  return filler.finish();
}

/**
 * Whether to read a column if only `inputs` are needed; one column of a counted history is read for its
 * length.
 */
function isRead(
  { name, role, history }: PreparedColumn,
  all: readonly PreparedColumn[],
  inputs: GraphInputs | null,
): boolean {
  const isOfFeature = role === "feature" || role === "weight";
  if (inputs === null || !isOfFeature || inputs.names.has(name)) return true;
  if (role === "weight") return false;
  if (history === null || !inputs.histories.has(history)) return false;
  const columns = all.filter((column) => column.history === history);
  return columns[0]!.name === name && !columns.some((column) => inputs.names.has(column.name));
}

function columnIn(
  { columns, path }: DataFile,
  { name, type }: PreparedColumn,
  folder: PreparedFolder,
): SqlColumn {
  const found = columns.get(name);
  if (found?.typeName === typeNameOf(type)) return found;
  const reason =
    found === undefined ? `lacks the column \`${name}\`` : `has \`${name}\` as ${found.typeName}`;
  throw folder.problems.damaged(path, reason);
}

/** The rows of all files, sorted by number. */
function sorted(files: readonly DataFile[], rows: number, { name }: PreparedColumn): DataFile {
  const parts = files.flatMap((file) => file.parts);
  const all = parts.map(({ sql }) => `SELECT * FROM ${sql}`).join(" UNION ALL ");
  const sql = `(SELECT * FROM (${all}) ORDER BY ${identifier(name)})`;
  return { ...files[0]!, parts: [{ ...parts[0]!, sql, rows }], rows };
}

/** By row number: the position at which the row is stored. */
async function placesOf(
  numbers: Column<Int32Array>,
  files: DataFiles,
  { store, reader }: ReadingMemory,
): Promise<Column<Int32Array>> {
  const table = await files.table([{ type: "int32" }], store);
  try {
    let rows = 0;
    for (const { from, values } of reader.pieces(numbers, int32s)) {
      const noTimes = new Float64Array(values.length);
      table.append(values.length, [values, noTimes, noTimes, values.map((_, i) => from + i)]);
      rows += values.length;
    }
    const places = store.column(int32s, rows);
    table.sorted((count, values) => places.append(part(values[AFTER_KEYS] as Int32Array, 0, count)));
    store.remove(numbers);
    return places.finish();
  } finally {
    table.close();
  }
}
