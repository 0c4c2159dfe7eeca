// Reads the data that dinc.yaml names: the training rows, on which vocabularies and transforms are fitted,
// and the rows for evaluation or prediction. All functions throw DiagnosticError for mistakes in the data.

import { type FitSource, fit } from "../../compiler/data/fit-rows.ts";
import { fitSourceOf, fittedRows } from "../../compiler/data/fitted-rows.ts";
import type { FittedRows, ReadRows, StoredRows } from "../../compiler/data/row-stages.ts";
import {
  type DataConfig,
  DEFAULT_MEMORY,
  type EventsConfig,
  isTaken,
  type ListFormat,
  listFormatOf,
  type RowsConfig,
  separatorsOf,
} from "../../compiler/frontend/config/config.ts";
import { typedAs } from "../../compiler/frontend/config/data-formats.ts";
import { FittedEncoders, FittingEncoders } from "../../compiler/frontend/kinds/encoders.ts";
import type { Fitted, Model } from "../../compiler/frontend/model/model.ts";
import { filesAt } from "../files/data-paths.ts";
import { systemHere } from "../files/system.ts";
import { groupsAt, type RowSource, requireCounted } from "./batches/row-source.ts";
import { fingerprintOf } from "./data-fingerprint.ts";
import { eventRows, transformedEvents } from "./events/event-dataset.ts";
import { readEventRows, splitsOf, windowOf as windowOfEvents } from "./events/event-rows.ts";
import { fittingEvents } from "./events/fit-events.ts";
import type { EventExamples, EventRows } from "./events/stored-events.ts";
import { type ExampleRowsOptions, readExampleRows } from "./examples/example-rows.ts";
import type { PartFacts } from "./examples/part-facts.ts";
import { Parting, type SplitData } from "./examples/parts.ts";
import { RowHashes, type Watched, warnOfShared } from "./examples/shared-rows.ts";
import { storedRows } from "./examples/stored-rows.ts";
import { OpenImpressions } from "./impressions/impression-rows.ts";
import type { ReadingMemory } from "./storage/memory.ts";
import { BoundedOrders } from "./storage/order-file.ts";
import type { BadRowReport } from "./tables/bad-rows.ts";
import type { DataFiles } from "./tables/data-files.ts";
import { naming, type Reading, withMemory } from "./tables/reading.ts";
import { readVocabularies } from "./tables/vocabularies.ts";
import { logState } from "./times/log-rows.ts";
import { RowWindow } from "./times/row-window.ts";
import type { ReadOptions, ReadRowsOptions, TrainingData } from "./training-data.ts";

export {
  historiesFromLogs,
  historiesOfImpressions,
  historiesOfLog,
  withHistories,
  withSampledHistories,
} from "./histories-from-logs.ts";
export { readShownImpressions } from "./impressions/shown-impressions.ts";
export { joinedProfile } from "./joined-profile.ts";
export { type RowPieces, rowPieces } from "./row-pieces.ts";
export { SharedLogs } from "./shared-logs.ts";
export {
  logState,
  NO_ROWS,
  type RowDigest,
  type RowVisitor,
  readLogRows,
  withRow,
} from "./times/log-rows.ts";
export { RowWindow, type TimesOfFile, type WindowFacts } from "./times/row-window.ts";

export type SplitName = "train" | "valid" | "test";

/** Reads every split, and fits on the training rows. */
export function readTraining(
  model: Model,
  data: RowsConfig,
  options?: ReadOptions,
): Promise<TrainingData<StoredRows>>;
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
  return data.kind === "events"
    ? readTrainingEvents(model, data, options)
    : readTrainingFiles(model, data, options);
}

async function readTrainingFiles(
  model: Model,
  data: RowsConfig,
  options: ReadOptions,
): Promise<TrainingData<StoredRows>> {
  const written = asWritten(options, data);
  const logs = (await options.logs?.readImpressions(model, data, written)) === true ? options.logs! : null;
  const read = async (files: DataFiles, memory: ReadingMemory) => {
    const shared = await logs?.impressionsFor({ files, memory, model }, data);
    const encoders = shared?.encoders ?? new FittingEncoders(await readVocabularies(model));
    const reading = { files, memory, model, encoders };
    const watched = watchedFiles(data);
    const impressions = shared?.logs ?? (await impressionsOf(reading, data));
    const more = { watched, impressions };
    const read = await readTrainingRows(reading, data, options, more);
    const { train, valid, test, facts } = read;
    const kept = [valid, test].filter((part) => part !== null);
    const teaching = fitSourceOf(model, train, kept, memory);
    const renumber: FitSource["renumber"] = (owner, ids) => {
      teaching.renumber(owner, ids);
      impressions?.renumber(owner, ids);
    };
    const { fitted, counts } = fit(model, encoders, { ...teaching, renumber }, options.known, (line) =>
      files.say(line),
    );
    const final = { ...reading, encoders: new FittedEncoders(fitted) };
    const seen = (raw: ReadRows) => fittedRows(model, fitted, raw, memory);
    const other = async (path: string | null): Promise<FittedRows | null> =>
      path === null ? null : seen(await readReady(final, path, data, options, more));
    const splits = {
      train: seen(train),
      valid: valid === null ? await other(data.valid) : seen(valid),
      test: test === null ? await other(data.test) : seen(test),
    };
    for (const warning of read.warnings) files.badRows.say(warning);
    impressions?.close();
    for (const [i, later] of watched.entries())
      for (const first of watched.slice(0, i)) {
        const warning = warnOfShared(first, later);
        if (warning !== null) files.badRows.say(warning);
      }
    const learned = { fitted, counts, splits, badRows: files.badRows, orderedBy: null, parts: facts };
    return { ...learned, filesOf: ofFiles(files) };
  };
  return withMemory(
    data.memory - (logs?.bytes ?? 0),
    data.train!,
    written,
    read,
    ({ splits, ...learned }, memory) => {
      const measured = (rows: FittedRows | null) => (rows === null ? null : storedRows(rows, true, memory));
      const settled = {
        train: storedRows(splits.train, options.measuresTrain === true, memory),
        valid: measured(splits.valid),
        test: measured(splits.test),
      };
      return trainingData(model, data, learned, settled, memory);
    },
  );
}

async function readTrainingEvents(
  model: Model,
  data: EventsConfig,
  options: ReadOptions,
): Promise<TrainingData<EventRows>> {
  const { limit, sample = null } = options;
  const written = asWritten(options, data);
  const isShared = limit === undefined && (await options.logs?.readEvents(model, data, written));
  const logs = isShared === true ? options.logs! : null;
  const read = async (files: DataFiles, memory: ReadingMemory) => {
    const shared = await logs?.eventsFor({ files, memory, model }, data, sample);
    const encoders = shared?.encoders ?? new FittingEncoders(await readVocabularies(model));
    const names = (["train", "test", "valid"] as const).filter((split) => hasSplit(data, split));
    const reading = { files, memory, model, encoders };
    const read =
      shared === undefined
        ? await readEventRows(reading, data, { splits: names, limit, sample })
        : splitsOf(reading, data, shared.logs, { splits: names, window: windowOfEvents(data) });
    const rowsOf = (split: SplitName) => read.splits[names.indexOf(split)] ?? null;
    const train = rowsOf("train")!;
    const teaching = fittingEvents(model, read.events, train, memory);
    const { fitted, counts } = fit(model, encoders, teaching, options.known, (line) => files.say(line));
    const events = transformedEvents(model, fitted, read.events, memory);
    const measured = (rows: EventExamples | null) => rows && eventRows(model, events, rows, true, memory);
    const splits = {
      train: eventRows(model, events, train, options.measuresTrain === true, memory),
      valid: measured(rowsOf("valid")),
      test: measured(rowsOf("test")),
    };
    const { badRows } = files;
    const learned = { fitted, counts, splits, badRows, orderedBy: read.orderedBy, parts: null };
    return { ...learned, filesOf: ofFiles(files) };
  };
  return withMemory(
    data.memory - (logs?.bytes ?? 0),
    data.events.path,
    written,
    read,
    ({ splits, ...learned }, memory) => trainingData(model, data, learned, splits, memory),
  );
}

/** Whether the settings take rows of the log for this split. */
function hasSplit(data: EventsConfig, split: SplitName): boolean {
  if (split === "valid") return data.validate !== null;
  return split === "train" || data.examples.split === "leave_last_out";
}

interface Learned {
  readonly fitted: Fitted;
  readonly counts: TrainingData["counts"];
  readonly badRows: BadRowReport;
  /** Null for example rows. */
  readonly orderedBy: string | null;
  /** Null if no rows were kept aside. */
  readonly parts: PartFacts | null;
  /** The files that were read for an address. */
  readonly filesOf: DataFiles["filesOf"];
}

function ofFiles(files: DataFiles): Learned["filesOf"] {
  return (address) => files.filesOf(address);
}

async function trainingData<Split extends RowSource>(
  model: Model,
  data: DataConfig,
  { fitted, counts, badRows, orderedBy, parts, filesOf }: Learned,
  splits: Pick<TrainingData<Split>, "train" | "valid" | "test">,
  { store, reader }: Reading["memory"],
): Promise<TrainingData<Split>> {
  requireCounted(model, splits.train, reader);
  const orders = new BoundedOrders(store.leftRoom(), null, groupsAt(model, splits.train));
  const made = { badRows, orderedBy, parts, filesOf };
  const fingerprint = await fingerprintOf(model, fitted, data, splits, made);
  return { ...splits, fitted, counts, fingerprint, orders, onDisk: store.onDisk };
}

/** Reads one split again with the fitted values of a run; null if `data` has no such split. */
export function readSplit(
  model: Model,
  fitted: Fitted,
  data: RowsConfig,
  split: SplitName,
  options?: ReadOptions,
): Promise<StoredRows | null>;
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
): Promise<RowSource | null>;
export async function readSplit(
  model: Model,
  fitted: Fitted,
  data: DataConfig,
  split: SplitName,
  options: ReadOptions = {},
): Promise<RowSource | null> {
  const encoders = new FittedEncoders(fitted);
  if (data.kind === "events") {
    if (!hasSplit(data, split)) return null;
    const read = async (files: DataFiles, memory: ReadingMemory) => {
      const { limit, carried = null } = options;
      const reading = { files, memory, model, encoders };
      const read = await readEventRows(reading, data, { splits: [split], limit, carried });
      const events = transformedEvents(model, fitted, read.events, memory);
      return eventRows(model, events, read.splits[0]!, true, memory);
    };
    return withMemory(data.memory, data.events.path, asWritten(options, data), read, (rows) => rows);
  }
  const path = data[split];
  if (path === null && !isTaken(data, split)) return null;
  const read = async (files: DataFiles, memory: ReadingMemory) => {
    const reading = { files, memory, model, encoders };
    const impressions = await impressionsOf(reading, data, options);
    const rows = isTaken(data, split)
      ? (await readTrainingRows(reading, data, options, { impressions, split }))[split]!
      : await readReady(reading, path!, data, options, {
          window: split === "train" ? windowOf(data) : null,
          impressions,
        });
    impressions?.close();
    return rows;
  };
  return withMemory(data.memory, path ?? data.train!, asWritten(options, data), read, (raw, memory) =>
    storedRows(fittedRows(model, fitted, raw, memory), true, memory),
  );
}

/**
 * Reads a file of example rows for a trained model. Without labels (`optional`) rows are read as in serving: a value
 * outside a closed vocabulary is unknown.
 */
export function readRows(
  model: Model,
  fitted: Fitted,
  path: string,
  options: ReadRowsOptions,
): Promise<StoredRows> {
  const { labels, limit, latestFirst = false, padding, memory: bytes = DEFAULT_MEMORY } = options;
  const separators = separatorsOf(options.separator, options.innerSeparator);
  const format = listFormatOf({ ...separators, latestFirst, ...(padding === undefined ? {} : { padding }) });
  const outside = labels === "required" ? "error" : "unknown";
  const { inputs, isMade } = options;
  const wanted = { ...format, labels, label: options.label, outside, limit, inputs, isMade } as const;
  const encoders = new FittedEncoders(fitted);
  const read = (files: DataFiles, memory: ReadingMemory) =>
    readExampleRows({ files, memory, model, encoders }, path, wanted);
  const hasSetting = options.memory !== undefined;
  return withMemory(bytes, path, { ...options, hasSetting }, read, (raw, memory) =>
    storedRows(fittedRows(model, fitted, raw, memory), true, memory),
  );
}

/** Files of one format, whose rows can be compared; none if there is only one file. */
function watchedFiles({ train, valid, test }: RowsConfig): Watched[] {
  const splits = [
    { path: train, what: "training" },
    { path: valid, what: "validation" },
    { path: test, what: "test" },
  ];
  const real = new Set<string>();
  const watched = splits.flatMap(({ path, what }): Watched[] => {
    // The warning about two splits with the same file comes before it is read.
    const own = path === null ? null : systemHere.realPathOf(path);
    if (path === null || own === null || real.has(own)) return [];
    real.add(own);
    return [{ path, what, hashes: new RowHashes() }];
  });
  const formats = new Set(watched.flatMap(({ path }) => filesAt(path).map(typedAs)));
  return watched.length > 1 && formats.size === 1 ? watched : [];
}

/** A reading of this file's functions, which set the end of memory. */
interface CommandReading extends Reading {
  readonly memory: ReadingMemory;
}

/** The rows of the training file, divided by `validate` and `hold_out`. */
async function readTrainingRows(
  reading: CommandReading,
  data: RowsConfig,
  options: ReadOptions,
  {
    split = null,
    ...beside
  }: Pick<ReadyOptions, "watched" | "impressions"> & {
    readonly split?: SplitName | null;
  } = {},
): Promise<Omit<SplitData, "facts"> & { readonly facts: PartFacts | null }> {
  const parting = isTaken(data, "train") ? new Parting(data, reading.memory) : null;
  const window = windowOf(data);
  const known = options.logs?.planned ?? null;
  if (window !== null && known !== null) {
    await reading.files.file(data.train!);
    // Files that have changed since are read whole.
    if ((await logState(data)) === known.state) window.know(known.files);
  }
  const values = parting?.values ?? [];
  const { sample = null } = options;
  const more = { ...beside, window, values, sample, areTrainedOn: true };
  const all = await readReady(reading, data.train!, data, options, more);
  if (parting === null) return { train: all, valid: null, test: null, facts: null, warnings: [] };
  const { carried = null } = options;
  return parting.parted(all, reading.model, split && carried && { split, carried });
}

/** Logs and tables, if rows are impressions. */
function impressionsOf(
  reading: CommandReading,
  data: RowsConfig,
  { inputs, carried }: Pick<ReadOptions, "inputs" | "carried"> = {},
): Promise<OpenImpressions | null> {
  const { impressions } = data;
  const path = impressions?.histories[0]?.path ?? data.train!;
  const open = OpenImpressions.open(reading, data, "error", inputs, { kept: carried?.names });
  return naming(path, reading.memory, open);
}

/** The training rows to read, by today's date. */
function windowOf({ window }: RowsConfig): RowWindow | null {
  return window === null ? null : new RowWindow(window, Date.now());
}

/** Further options of some rows. */
interface ReadyOptions
  extends Pick<ExampleRowsOptions, "values" | "window" | "impressions" | "areTrainedOn" | "sample"> {
  readonly watched?: readonly Watched[];
}

function readReady(
  reading: CommandReading,
  path: string,
  { label, ...format }: ListFormat & Pick<RowsConfig, "label">,
  { limit, inputs, carried }: ReadOptions,
  { watched = [], ...more }: ReadyOptions = {},
): Promise<ReadRows> {
  const wanted = {
    ...listFormatOf(format),
    labels: "required",
    label,
    outside: "error",
    limit,
    inputs,
    carried: carried ?? null,
    hashes: watched.find((each) => each.path === path)?.hashes ?? null,
    ...more,
  } as const;
  return naming(path, reading.memory, readExampleRows(reading, path, wanted));
}

/** The options for files in the format that `data` sets. */
function asWritten(options: ReadOptions, { csv }: DataConfig): ReadOptions {
  return { ...options, csv, knownFiles: options.logs?.knownFiles };
}
