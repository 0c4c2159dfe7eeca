// Reads what dinc.yaml names: the training rows, which teach vocabularies and transforms, and the rows that a
// model is measured or used on. All throw DiagnosticError for what is wrong with the data.

import { dirname, isAbsolute, join } from "node:path";
import { vocabularyFileOf } from "../../compiler/kinds/registry.ts";
import { allFeatures, type Fitted, type Model, tablesOf } from "../../compiler/model/model.ts";
import type { DataConfig, EventsConfig, ListFormat, RowsConfig } from "../config/config.ts";
import { type Encoders, FittedEncoders, FittingEncoders } from "../features/encoders.ts";
import { fingerprint } from "../run/fingerprint.ts";
import type { DataFingerprint, EventsAsked } from "../run/run-folder.ts";
import type { BadRows } from "./bad-rows.ts";
import { DataFiles } from "./data-files.ts";
import type { Dataset } from "./dataset.ts";
import { eventRows, transformedEvents } from "./event-dataset.ts";
import { readEventRows } from "./event-rows.ts";
import { teachingEvents } from "./event-teaching.ts";
import { openMemory, type ReadingMemory } from "./memory.ts";
import { type RawRows, teachingRows, transformer } from "./raw-rows.ts";
import { type ReadyRowsOptions, readReadyPieces, readReadyRows } from "./ready-rows.ts";
import { RowOrders } from "./row-order.ts";
import type { Rows } from "./rows.ts";
import type { EventRows } from "./stored-events.ts";
import { fit } from "./teaching.ts";
import { type ReadOptions, type ReadRowsOptions, separatorsOf, type TrainingData } from "./training-data.ts";
import { partedByUser, userFeature } from "./validation.ts";
import { readVocabularies } from "./vocabularies.ts";

export type SplitName = "train" | "valid" | "test";

/** Reads every split and learns from the training rows. */
export function readTraining(
  model: Model,
  data: RowsConfig,
  options?: ReadOptions,
): Promise<TrainingData<Dataset>>;
export function readTraining(
  model: Model,
  data: EventsConfig,
  options?: ReadOptions,
): Promise<TrainingData<EventRows>>;
export function readTraining(model: Model, data: DataConfig, options?: ReadOptions): Promise<TrainingData>;
export function readTraining(
  model: Model,
  data: DataConfig,
  options: ReadOptions = {},
): Promise<TrainingData> {
  if (data.kind === "events") return readTrainingEvents(model, data, options);
  return withFiles(options, async (files) => {
    const encoders = new FittingEncoders(await readVocabularies(model));
    const { train, valid } = await readTrainingRows(files, model, data, encoders, options);
    const fitted = fit(model, encoders, teachingRows(model, train, valid === null ? [] : [valid]));
    const final = new FittedEncoders(fitted);
    const seen = transformer(model, fitted);
    const other = async (path: string | null): Promise<Dataset | null> =>
      path === null ? null : seen(await readReady(files, model, path, final, data, options));
    const splits = {
      train: seen(train),
      valid: valid === null ? await other(data.valid) : seen(valid),
      test: await other(data.test),
    };
    const orders = new RowOrders();
    const fingerprint = await fingerprintOf(model, fitted, data, splits, files.badRows);
    return { ...splits, fitted, fingerprint, orders, onDisk: 0 };
  });
}

function readTrainingEvents(
  model: Model,
  data: EventsConfig,
  options: ReadOptions,
): Promise<TrainingData<EventRows>> {
  return withMemory(data, options, async (files, { store, reader }) => {
    const encoders = new FittingEncoders(await readVocabularies(model));
    const names = ["train", "test", ...(data.validate === null ? [] : ["valid" as const])] as const;
    const read = await readEventRows(files, store, reader, data, model, encoders, names, limitOf(options));
    const [train, test, valid] = read.splits;
    const fitted = fit(model, encoders, teachingEvents(model, read.events, train!, reader, store));
    const events = transformedEvents(model, fitted, read.events, reader, store);
    const splits = {
      train: eventRows(model, events, train!, false, reader, store),
      valid: valid === undefined ? null : eventRows(model, events, valid, true, reader, store),
      test: eventRows(model, events, test!, true, reader, store),
    };
    const orders = new RowOrders(store.leftRoom());
    const { onDisk } = store;
    const fingerprint = await fingerprintOf(model, fitted, data, splits, files.badRows);
    return { ...splits, fitted, fingerprint, orders, onDisk };
  });
}

/** Reads one split again with what a run learned; null where `data` has no such split. */
export function readSplit(
  model: Model,
  fitted: Fitted,
  data: RowsConfig,
  split: SplitName,
  options?: ReadOptions,
): Promise<Dataset | null>;
export function readSplit(
  model: Model,
  fitted: Fitted,
  data: EventsConfig,
  split: SplitName,
  options?: ReadOptions,
): Promise<EventRows | null>;
export function readSplit(
  model: Model,
  fitted: Fitted,
  data: DataConfig,
  split: SplitName,
  options?: ReadOptions,
): Promise<Rows | null>;
export async function readSplit(
  model: Model,
  fitted: Fitted,
  data: DataConfig,
  split: SplitName,
  options: ReadOptions = {},
): Promise<Rows | null> {
  const encoders = new FittedEncoders(fitted);
  if (data.kind === "events") {
    if (split === "valid" && data.validate === null) return null;
    return withMemory(data, options, async (files, { store, reader }) => {
      const limit = limitOf(options);
      const read = await readEventRows(files, store, reader, data, model, encoders, [split], limit);
      const events = transformedEvents(model, fitted, read.events, reader, store);
      return eventRows(model, events, read.splits[0]!, true, reader, store);
    });
  }
  return withFiles(options, async (files) => {
    if (data.validate !== null && split !== "test") {
      const parts = await readTrainingRows(files, model, data, encoders, options);
      return transformer(model, fitted)(parts[split]!);
    }
    const path = data[split];
    if (path === null) return null;
    return transformer(model, fitted)(await readReady(files, model, path, encoders, data, options));
  });
}

/**
 * Reads a file of ready rows for a trained model. Without labels (`optional`) rows are read as in serving: a value
 * outside a closed vocabulary is unknown.
 */
export function readRows(
  model: Model,
  fitted: Fitted,
  path: string,
  options: ReadRowsOptions,
): Promise<Dataset> {
  const { labels, limit, latestFirst = false } = options;
  const format = { ...separatorsOf(options.separator, options.innerSeparator), latestFirst };
  return withFiles(options, async (files) => {
    const outside = labels === "required" ? "error" : "unknown";
    const encoders = new FittedEncoders(fitted);
    const rows = await readReadyRows(files, path, model, encoders, { ...format, labels, outside, limit });
    return transformer(model, fitted)(rows);
  });
}

/** Rows that arrive in pieces, none of them empty. */
export interface RowPieces {
  readonly pieces: AsyncIterable<Rows>;
  /** How many rows there are in all; null where that is known only behind the last piece. */
  readonly rows: number | null;
  /** How much of the file is read, 0 to 1; null where nobody knows. */
  share(): number | null;
}

/**
 * Reads a file of ready rows for a trained model as they are wanted, `rowsAPiece` at a time, as in serving: labels are not
 * looked at, and a value outside a closed vocabulary is unknown. `pieces` throws DiagnosticError with everything that is wrong
 * with the file, at its end.
 */
export function rowPieces(
  model: Model,
  fitted: Fitted,
  path: string,
  options: ReadOptions & ListFormat,
  rowsAPiece: number,
): RowPieces {
  let open: DataFiles | null = null;
  async function* pieces(): AsyncGenerator<Dataset> {
    const files = await DataFiles.open(options.report);
    open = files;
    try {
      const reading: ReadyRowsOptions = {
        ...listFormatOf(options),
        labels: "none",
        outside: "unknown",
        limit: options.limit,
      };
      const encoders = new FittedEncoders(fitted);
      // Anew for each piece: it keeps what it transformed.
      for await (const rows of readReadyPieces(files, path, model, encoders, reading, rowsAPiece))
        yield transformer(model, fitted)(rows);
    } finally {
      open = null;
      await files.close();
    }
  }
  return { pieces: pieces(), rows: null, share: () => open?.share ?? null };
}

/** The rows of the training file, without those that `validate` takes from it. */
async function readTrainingRows(
  files: DataFiles,
  model: Model,
  data: RowsConfig,
  encoders: Encoders,
  options: ReadOptions,
): Promise<{ readonly train: RawRows; readonly valid: RawRows | null }> {
  const { train: path, validate } = data;
  if (validate === null)
    return { train: await readReady(files, model, path!, encoders, data, options), valid: null };
  const by = userFeature(model, validate).name;
  const all = await readReady(files, model, path!, encoders, data, options, by);
  return partedByUser(all, all.groups.get(by)!, validate);
}

function readReady(
  files: DataFiles,
  model: Model,
  path: string,
  encoders: Encoders,
  { separator, innerSeparator, latestFirst }: ListFormat,
  { limit }: ReadOptions,
  groupBy: string | null = null,
): Promise<RawRows> {
  return readReadyRows(files, path, model, encoders, {
    separator,
    innerSeparator,
    latestFirst,
    labels: "required",
    outside: "error",
    limit,
    groupBy,
  });
}

async function withFiles<T>(
  { report, badRows }: ReadOptions,
  work: (files: DataFiles) => Promise<T>,
): Promise<T> {
  const files = await DataFiles.open(report, badRows);
  try {
    return await files.badRows.during(() => work(files));
  } finally {
    await files.close();
  }
}

/** What `work` gives may lie in files, which go with the process; where it fails, nothing is left. */
async function withMemory<T>(
  data: EventsConfig,
  { report, badRows }: ReadOptions,
  work: (files: DataFiles, memory: ReadingMemory) => Promise<T>,
): Promise<T> {
  const memory = openMemory(data.memory);
  try {
    const files = await DataFiles.open(report, badRows, memory.limits);
    try {
      return await files.badRows.during(() => work(files, memory));
    } finally {
      await files.close();
    }
  } catch (error) {
    memory.discard();
    throw memory.problemOf(error, data.events.path);
  } finally {
    memory.close();
  }
}

function limitOf({ limit = Number.POSITIVE_INFINITY }: ReadOptions): number {
  return limit;
}

async function fingerprintOf(
  model: Model,
  fitted: Fitted,
  data: DataConfig,
  { train, valid, test }: { readonly train: Rows; readonly valid: Rows | null; readonly test: Rows | null },
  { policy, leftOut }: BadRows,
): Promise<DataFingerprint> {
  const files: { path: string; bytes: number; hash: string }[] = [];
  for (const path of pathsOf(data)) files.push({ path, ...(await fingerprint(path)) });
  for (const path of namedBySpec(model, fitted)) {
    // One that cannot be read is named where it is read, at its place in the spec.
    const found = await fingerprint(path).catch(() => null);
    if (found !== null) files.push({ path, ...found });
  }
  const by = data.kind === "rows" ? (data.validate?.by ?? null) : null;
  const { validate } = data;
  return {
    trainRows: train.rows,
    validRows: valid?.rows ?? 0,
    testRows: test?.rows ?? 0,
    validate: validate === null ? null : { fraction: validate.fraction, seed: validate.seed, by },
    onBadRow: policy,
    leftOut,
    ...(data.kind === "events" ? { events: eventsOf(data) } : { lists: listFormatOf(data) }),
    files,
  };
}

function listFormatOf({ separator, innerSeparator, latestFirst }: ListFormat): ListFormat {
  return { separator, innerSeparator, latestFirst };
}

function eventsOf({ events, items, users, examples, separator }: EventsConfig): EventsAsked {
  const { user, item, order } = events;
  const keys = { ...(items && { items: items.key }), ...(users && { users: users.key }) };
  return { columns: { user, item, order, ...keys }, examples, separator };
}

/** Files of vectors and of vocabularies. */
function namedBySpec(model: Model, fitted: Fitted): string[] {
  const vectors = tablesOf(model, fitted).map(({ options }) => options.vectors);
  const references = [...allFeatures(model).map(vocabularyFileOf), ...vectors];
  const paths = references.flatMap((file) =>
    file === null ? [] : [isAbsolute(file.path) ? file.path : join(dirname(model.file.path), file.path)],
  );
  return [...new Set(paths)];
}

function pathsOf(data: DataConfig): string[] {
  const paths =
    data.kind === "rows"
      ? [data.train, data.valid, data.test]
      : [data.events.path, data.items?.path, data.users?.path];
  return paths.filter((path) => path !== null && path !== undefined);
}
