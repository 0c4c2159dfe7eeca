// Prepares a training for its first step: a checked model, and data that are read and fitted, or were
// prepared before. `prepareTo` writes such data as a folder, which trainings on this machine and others can
// read.

import { tmpdir } from "node:os";
import { formatCount } from "../../compiler/common/format-count.ts";
import { invariant } from "../../compiler/common/internal-error.ts";
import { option, wording } from "../../compiler/common/option-text.ts";
import type { SourceFile } from "../../compiler/common/source-file.ts";
import { UsageError } from "../../compiler/common/usage-error.ts";
import { onlyFirstEpoch } from "../../compiler/diagnostics/catalog/prepared.ts";
import { withoutData } from "../../compiler/diagnostics/catalog/run.ts";
import { DiagnosticError, diagnose, hasErrors, noLocation } from "../../compiler/diagnostics/diagnostic.ts";
import { lower } from "../../compiler/frontend/check/lower.ts";
import type { BadRowPolicy } from "../../compiler/frontend/config/choices.ts";
import { type DataConfig, DEFAULT_MEMORY } from "../../compiler/frontend/config/config.ts";
import { isElsewhere } from "../../compiler/frontend/config/elsewhere.ts";
import { haveRowsOf, type LocatedData } from "../../compiler/frontend/config/rows-description.ts";
import { trainingProblems } from "../../compiler/frontend/config/training-problems.ts";
import { tablesOf } from "../../compiler/frontend/kinds/model-queries.ts";
import type { Fitted, Model, TableSpec } from "../../compiler/frontend/model/model.ts";
import { trainingProgram } from "../../compiler/middle/programs/step.ts";
import { type TableUse, tableUses } from "../../compiler/middle/programs/table-uses.ts";
import { dayAt } from "../../compiler/train/from/occurrences.ts";
import type { Split } from "../../compiler/train/score.ts";
import { RowWindow, readTraining, type SharedLogs } from "../data/read-data.ts";
import {
  BadRowReport,
  type LeftOut,
  profileColumns,
  RowSample,
  readTitles,
  type Titles,
} from "../data/tables.ts";
import type { TrainingData } from "../data/training-data.ts";
import { trainingPath } from "../files/data-paths.ts";
import { Scratch } from "../files/scratch.ts";
import { readTruth, type Truth } from "../files/truth.ts";
import { version } from "../files/version.ts";
import type { PreparedDescription, StoredOrder } from "../prepared/prepared-folder.ts";
import { PreparedFolder } from "../prepared/read-description.ts";
import { readPrepared } from "../prepared/read-prepared.ts";
import { claimPrepared, writePrepared } from "../prepared/write-prepared.ts";
import type { Baseline } from "../run/baseline-text.ts";
import { readConfiguredModel } from "./configured-model.ts";
import { type DataSummary, tellDiagnostics, throwIfStopped, type Watch } from "./events.ts";
import { ExpectationCounter, type Expected } from "./expectation-counter.ts";
import { type ContinueOptions, type EarlierRun, earlierFor, knownFrom, requireRowsOf } from "./from.ts";
import type { ModelOptions, ModelSource } from "./read-spec.ts";

/**
 * The data of a training and how to read them. These options override dinc.yaml, which overrides the spec.
 */
export interface PrepareOptions extends ModelOptions, ContinueOptions, Watch {
  /** dinc.yaml: its path, or its text with the path that it is relative to. */
  readonly config?: string | SourceFile;
  /** Settings that override `config`, such as `data.dir=../data` or `train.epochs=3`. */
  readonly set?: readonly string[];
  /** Seed of everything random. */
  readonly seed?: number;
  /** A folder of prepared rows, read instead of the files of `config`. */
  readonly rows?: string;
  /** The most rows of each split: its first ones. */
  readonly limit?: number;
  /** The policy for unreadable rows; by default that of dinc.yaml, or `fail`. */
  readonly onBadRow?: BadRowPolicy;
}

/** Facts about data that other trainings of the same caller read, too. */
export interface ReadWithOthers {
  readonly logs?: SharedLogs;
}

/** How prepared rows are stored. */
export interface PrepareToOptions extends Omit<PrepareOptions, "rows"> {
  /** Replaces an existing folder of prepared rows. */
  readonly force?: boolean;
  /** The number of Parquet files per split; 8 by default, and fewer for a split with fewer rows. */
  readonly shards?: number;
  /**
   * The order of stored training rows: `shuffled`, the default, or `trained`, the order of a training's first
   * epoch.
   */
  readonly order?: StoredOrder;
}

export interface PreparedRows {
  /** The folder, which `prepare` and others take as `rows`. */
  readonly folder: string;
  /** By split: rows, files, and their bytes. */
  readonly splits: readonly {
    readonly split: Split;
    readonly rows: number;
    readonly shards: number;
    readonly bytes: number;
  }[];
  /** The seconds of this call. */
  readonly seconds: number;
  /** The peak memory of the process, in bytes. */
  readonly peakMemory: number;
}

/** A model and its training data, read and fitted, for one or several trainings. */
export class Prepared {
  readonly model: Model;
  readonly summary: DataSummary;
  /** The day on which rows were read, in days since 1970. */
  readonly day: number;
  /** The bad rows that were left out. */
  readonly leftOut: readonly LeftOut[];
  /** @internal */
  readonly data: TrainingData;
  /** @internal */
  readonly from: EarlierRun | null;
  /** @internal */
  readonly truth: Truth | null;
  /** @internal */
  readonly titles: () => Promise<Titles | null>;
  /** @internal */
  readonly baseline: Baseline | null;
  private readonly columns: Scratch;
  private closed = false;

  /** @internal */
  constructor(
    { model, from }: Pick<PreparationRequest, "model" | "from">,
    { data, truth, titles, baseline }: Read,
    day: number,
    columns: Scratch,
  ) {
    this.model = model;
    this.from = from;
    this.day = day;
    this.columns = columns;
    this.data = data;
    this.truth = truth;
    this.titles = titles;
    this.baseline = baseline;
    this.leftOut = data.fingerprint.leftOut ?? [];
    this.summary = summaryOf(data);
  }

  /** The fitted values of the training rows: vocabularies and the numbers of transforms. */
  get fitted(): Fitted {
    return this.data.fitted;
  }

  /** @internal The same rows for another model that reads nothing beyond them. */
  for(model: Model): Prepared {
    invariant(haveRowsOf(this.model, model), "it reads other rows");
    const { from, data, truth, titles, baseline, day, columns } = this;
    return new Prepared({ model, from }, { data, truth, titles, baseline }, day, columns);
  }

  /** True after `close`. */
  get isClosed(): boolean {
    return this.closed;
  }

  /**
   * Removes the files of columns that did not fit into `data.memory`. No training may use the data at that
   * time or later.
   */
  close(): void {
    this.closed = true;
    this.columns.remove();
  }
}

/** The data that were read. */
interface Read {
  readonly data: TrainingData;
  readonly truth: Truth | null;
  readonly titles: () => Promise<Titles | null>;
  /** A summary of the training rows; null if it was not counted. */
  readonly baseline: Baseline | null;
}

/**
 * A checked model and the location of its data: raw or, with `rows`, in a folder; `source` may then say how
 * they were read.
 */
export interface PreparationRequest {
  readonly model: Model;
  readonly source: LocatedData | null;
  readonly rows: PreparedFolder | null;
  /** The run that the training continues from; null if there is none. */
  readonly from: EarlierRun | null;
  /** The expectations of training rows, with their location. */
  readonly expected: Expected | null;
}

/**
 * Reads the inputs of a training: spec, settings, rows; fits vocabularies and transforms on the training
 * rows. It trains and writes nothing. A null `model` is the `spec` of the settings. Throws DiagnosticError
 * for mistakes in any of them, and `Stopped` if the signal is aborted after data are read. Columns that do
 * not fit into `data.memory` are in files until `close`, or until the process ends.
 */
export async function prepare(model: ModelSource | null, options: PrepareOptions = {}): Promise<Prepared> {
  return preparedOf(await askedFor(model, options), options);
}

/**
 * Reads like `prepare`, and writes encoded rows, vocabularies and fitted transforms to the folder `out`. The
 * folder is complete or absent in all cases. Throws DiagnosticError for mistakes in the spec, settings, data
 * or the folder.
 */
export async function prepareTo(
  model: ModelSource | null,
  out: string,
  options: PrepareToOptions = {},
): Promise<PreparedRows> {
  const started = performance.now();
  const { shards = DEFAULT_SHARDS, order = "shuffled", force = false } = options;
  const asked = await askedFor(model, { ...options, testFirst: false });
  const { batch, epochs } = asked.model.train;
  if (order === "trained" && shards > batch)
    throw new UsageError(
      `${shards} shards: in the order of training, a batch of ${batch} rows has at most so many parts`,
    );
  if (order === "trained" && epochs > 1)
    tellDiagnostics([diagnose(onlyFirstEpoch, { epochs }, noLocation)], options);
  const release = await claimPrepared(out, force);
  try {
    const prepared = await preparedOf(asked, options);
    try {
      const description = await written(prepared, asked, out, { shards, order, ...options });
      return {
        folder: out,
        splits: splitsOf(description),
        seconds: (performance.now() - started) / 1000,
        peakMemory: peakMemory(),
      };
    } finally {
      prepared.close();
    }
  } finally {
    release();
  }
}

export const DEFAULT_SHARDS = 8;

/** The inputs with the ids of each table whose ids are counted. */
export function countedUses(
  model: Model,
  tables: readonly TableSpec[],
): ReadonlyMap<string, readonly TableUse[]> {
  const counted = tables.filter(
    ({ options }) => model.train.miniBatchAware !== null || options.init.kind === "frequency",
  );
  if (counted.length === 0) return new Map();
  const uses = tableUses(trainingProgram(lower(model), model).step);
  return new Map(
    counted.flatMap(({ name }) => {
      const own = uses.filter(({ table }) => table === name);
      return own.length === 0 ? [] : [[name, own] as const];
    }),
  );
}

async function written(
  { model, data, truth, titles, baseline }: Prepared,
  asked: PreparationRequest,
  out: string,
  { shards, order, ...watch }: Watch & { readonly shards: number; readonly order: StoredOrder },
): Promise<PreparedDescription> {
  const tables = tablesOf(model, data.fitted);
  return writePrepared(out, {
    ...{ model, source: asked.source!.data, data, tables, truth, titles: await titles(), baseline },
    counted: new Map(
      [...countedUses(model, tables)].map(([name, uses]) => {
        return [name, { ids: tables.find((table) => table.name === name)!.rows, uses }];
      }),
    ),
    ...{ compiler: version(), order, shards },
    onProgress: (split, rows, of) => {
      throwIfStopped(watch);
      const text = `${out}: ${formatCount(rows)} of ${formatCount(of)} ${split} rows written`;
      watch.onEvent?.({ kind: "activity", text });
    },
  });
}

export function splitsOf({ splits }: PreparedDescription): PreparedRows["splits"] {
  return (["train", "valid", "test"] as const).flatMap((split) => {
    const described = splits[split];
    if (described === undefined) return [];
    const { rows, shards } = described;
    return [{ split, rows, shards: shards.length, bytes: shards.reduce((sum, { bytes }) => sum + bytes, 0) }];
  });
}

/** `readsData`: the files of the data must exist. */
export async function askedFor(
  source: ModelSource | null,
  options: PrepareOptions,
  readsData = options.rows === undefined,
): Promise<PreparationRequest> {
  const { rows } = options;
  if (rows !== undefined) refuseReading(options);
  const { model, config, path } = await readConfiguredModel(source, options, readsData);
  const { data } = config;
  if (data === null && rows === undefined)
    throw new DiagnosticError([diagnose(withoutData, { path }, noLocation)]);
  const problems = trainingProblems(model, config);
  if (hasErrors(problems)) throw new DiagnosticError(problems);
  tellDiagnostics(problems, options);
  return {
    model,
    source: data === null ? null : { data, location: config.locations.data },
    rows: rows === undefined ? null : await PreparedFolder.open(rows),
    from: await earlierFor(model, options),
    expected: config.expect === null ? null : { expect: config.expect, location: config.locations.expect },
  };
}

/** Options for reading raw rows belong to the preparation of rows. */
function refuseReading({ limit, onBadRow }: PrepareOptions): void {
  const name = limit !== undefined ? "limit" : onBadRow !== undefined ? "onBadRow" : null;
  if (name !== null)
    throw new UsageError(
      wording`${option(name)} is about raw rows: give it to \`dinc prepare\`, which reads them`,
    );
}

/**
 * Without `countsBaseline` the rows are not used for training: then they are neither profiled nor checked
 * against expectations.
 */
export async function preparedOf(
  asked: PreparationRequest,
  options: PrepareOptions & ReadWithOthers,
  countsBaseline = true,
): Promise<Prepared> {
  const columns = new Scratch();
  try {
    const day = dayOf(asked);
    const found = await read(asked, day, columns, options, countsBaseline);
    const prepared = new Prepared(asked, found, day, columns);
    options.onEvent?.({ kind: "data", ...prepared.summary });
    throwIfStopped(options);
    return prepared;
  } catch (error) {
    columns.remove();
    throw error;
  }
}

/** The day of the rows, in days since 1970: the end of their window, or today. */
function dayOf({ source }: PreparationRequest): number {
  const window = source?.data.window ?? null;
  const until = window === null ? null : new RowWindow(window, Date.now()).facts.until;
  const end = until === null ? Number.NaN : Date.parse(until);
  return dayAt(Number.isNaN(end) ? Date.now() : end - 1);
}

async function read(
  { model, source, rows, from, expected }: PreparationRequest,
  day: number,
  columns: Scratch,
  options: PrepareOptions & ReadWithOthers,
  countsBaseline: boolean,
): Promise<Read> {
  const { limit, onEvent, logs } = options;
  const report = (text: string) => onEvent?.({ kind: "activity", text });
  if (rows !== null) {
    const memory = source?.data.memory ?? DEFAULT_MEMORY;
    const reading = { columns, report, memory, measuresTrain: from?.testsFirst === true };
    const data = await readPrepared(rows, model, source, reading);
    if (from !== null) requireRowsOf(rows.path, data.fitted, model, from, day);
    const stored = await rows.baseline();
    const baseline = stored === null || expected === null ? stored : { ...stored, expect: expected.expect };
    return { data, truth: rows.description.truth, titles: () => rows.titles(), baseline };
  }
  const { data: raw } = source!;
  const badRows = new BadRowReport(options.onBadRow ?? raw.onBadRow ?? "fail");
  const counted = () =>
    countsBaseline && expected !== null
      ? new ExpectationCounter(model, raw, expected, badRows.policy, options)
      : null;
  const sample = countsBaseline ? sampleFor(model, raw) : null;
  // Remote data are fetched once, and not again after a failure.
  let counting = isElsewhere(trainingPath(raw)) ? null : counted();
  try {
    const data = await readTraining(model, raw, {
      ...{ columns, report, badRows, known: knownFrom(model, from, day) },
      measuresTrain: from?.testsFirst === true,
      sample,
      beside: counting,
      ...(limit === undefined ? {} : { limit }),
      ...(logs === undefined ? {} : { logs }),
    });
    tellDiagnostics([...badRows.warnings, ...badRows.remarks], options);
    // A report without titles is better than no run.
    const titles = () => readTitles(model, raw).catch(() => null);
    counting ??= counted();
    await counting?.require(data.fitted);
    const baseline = sample && { ...sample.profile(data.fitted), expect: expected?.expect ?? null };
    return { data, truth: await readTruth(raw), titles, baseline };
  } finally {
    await counting?.close();
  }
}

/** The sample of rows for the run's baseline. */
function sampleFor(model: Model, data: DataConfig): RowSample {
  const { separator, memory } = data;
  const padding = data.kind === "rows" ? data.padding : undefined;
  return new RowSample(profileColumns(model, padding), separator, Math.min(MOST_SAMPLED, memory / 16));
}

/** Bytes. */
const MOST_SAMPLED = 32e6;

function summaryOf({ train: rows, valid, test, fitted, fingerprint, onDisk }: TrainingData): DataSummary {
  return {
    rows: { train: rows.rows, valid: valid?.rows ?? null, test: test?.rows ?? null },
    vocabularies: Object.fromEntries(
      [...fitted.vocabularies].map(([name, values]) => [name, values.length] as const),
    ),
    onDisk: { bytes: onDisk, folder: tmpdir() },
    window: fingerprint.window ?? null,
    parts: fingerprint.parts ?? null,
    orderedBy: fingerprint.events?.orderedBy ?? null,
  };
}

/** The peak memory of the process so far, in bytes. */
export function peakMemory(): number {
  return 1024 * process.resourceUsage().maxRSS;
}
