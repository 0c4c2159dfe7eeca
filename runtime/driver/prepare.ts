// Second step of a training: reads the data of a request and fits vocabularies and transforms on the training
// rows, or takes rows that were prepared before.

import { tmpdir } from "node:os";
import { invariant } from "../../compiler/common/internal-error.ts";
import { type DataConfig, DEFAULT_MEMORY, isTaken } from "../../compiler/frontend/config/config.ts";
import { isElsewhere } from "../../compiler/frontend/config/elsewhere.ts";
import { haveRowsOf } from "../../compiler/frontend/config/rows-description.ts";
import type { Fitted, Model } from "../../compiler/frontend/model/model.ts";
import { dayAt } from "../../compiler/train/from/occurrences.ts";
import type { RowSource } from "../data/batches.ts";
import { RowWindow, readTraining, withSampledHistories } from "../data/read-data.ts";
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
import { readPrepared } from "../prepared/read-prepared.ts";
import type { Baseline } from "../run/baseline-text.ts";
import { type DataSummary, tellDiagnostics, throwIfStopped } from "./events.ts";
import { ExpectationCounter } from "./expectation-counter.ts";
import { type EarlierRun, knownFrom, requireRowsOf } from "./from.ts";
import type { ModelSource } from "./read-spec.ts";
import {
  type PrepareOptions,
  type ReadWithOthers,
  requestTraining,
  type TrainingRequest,
} from "./training-request.ts";

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
  /** @internal Computed from a sample of rows when it is first called. */
  readonly baseline: () => Promise<Baseline | null>;
  private readonly columns: Scratch;
  private closed = false;

  /** @internal */
  constructor(
    { model, from }: Pick<TrainingRequest, "model" | "from">,
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
  readonly baseline: () => Promise<Baseline | null>;
}

/**
 * Reads the inputs of a training: spec, settings, rows; fits vocabularies and transforms on the training
 * rows. It trains and writes nothing. A null `model` is the `spec` of the settings. Throws DiagnosticError
 * for mistakes in any of them, and `Stopped` if the signal is aborted after data are read. Columns that do
 * not fit into `data.memory` are in files until `close`, or until the process ends.
 */
export async function prepare(model: ModelSource | null, options: PrepareOptions = {}): Promise<Prepared> {
  return prepareRequest(await requestTraining(model, options), options);
}

/**
 * Without `countsBaseline` the rows are not used for training: then they are neither profiled nor checked
 * against expectations.
 */
export async function prepareRequest(
  request: TrainingRequest,
  options: PrepareOptions & ReadWithOthers,
  countsBaseline = true,
): Promise<Prepared> {
  const columns = new Scratch();
  try {
    const day = dayOf(request);
    const found = await read(request, day, columns, options, countsBaseline);
    const prepared = new Prepared(request, found, day, columns);
    options.onEvent?.({ kind: "data", ...prepared.summary });
    throwIfStopped(options);
    return prepared;
  } catch (error) {
    columns.remove();
    throw error;
  }
}

/** The day of the rows, in days since 1970: the end of their window, or today. */
function dayOf({ source }: TrainingRequest): number {
  const window = source?.data.window ?? null;
  const until = window === null ? null : new RowWindow(window, Date.now()).facts.until;
  const end = until === null ? Number.NaN : Date.parse(until);
  return dayAt(Number.isNaN(end) ? Date.now() : end - 1);
}

async function read(
  { model, source, rows, from, expected }: TrainingRequest,
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
    return {
      ...{ data, truth: rows.description.truth, titles: () => rows.titles() },
      baseline: () => Promise.resolve(baseline),
    };
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
    const baseline = baselineOf(sample, { model, raw, data, expect: expected?.expect ?? null });
    counting ??= counted();
    if (counting !== null) {
      const columns = (await baseline())?.columns ?? [];
      await counting.require(
        data.fitted,
        columns.filter(({ isMade }) => isMade === true),
      );
    }
    return { data, truth: await readTruth(raw), titles, baseline };
  } finally {
    await counting?.close();
  }
}

/** The splits whose rows are in the training file, as the sample has them. */
function partsOf(raw: DataConfig, { train, valid, test }: TrainingData): readonly RowSource[] {
  if (raw.kind === "events") return [train];
  const isPart = { valid: isTaken(raw, "valid"), test: isTaken(raw, "test") };
  return [train, isPart.valid ? valid : null, isPart.test ? test : null].filter((part) => part !== null);
}

interface SampledData {
  readonly model: Model;
  readonly raw: DataConfig;
  readonly data: TrainingData;
  readonly expect: Baseline["expect"];
}

/** The baseline from `sample`, which is kept until then. */
function baselineOf(sample: RowSample | null, sampled: SampledData): () => Promise<Baseline | null> {
  let drawn = sample;
  let baseline: Promise<Baseline | null> | null = null;
  return () => {
    baseline ??= drawn === null ? Promise.resolve(null) : profiled(drawn, sampled);
    drawn = null;
    return baseline;
  };
}

async function profiled(sample: RowSample, { model, raw, data, expect }: SampledData): Promise<Baseline> {
  const profile = await sample.profile(data.fitted);
  const sources = partsOf(raw, data);
  return { ...withSampledHistories(profile, { model, data: raw, fitted: data.fitted }, sources), expect };
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
