// Trains on rows in memory, without files and processes: in a web page, in one of its workers, or anywhere
// else. The weights are those of `dinc train` for the same rows, order and seed, to the bit if products are
// rounded alike.

import { newArrays } from "../backends/contract/batch.ts";
import type { ParameterValues } from "../backends/contract/session.ts";
import type { TrainedModel } from "../backends/contract/trained-model.ts";
import { bestForm } from "../backends/wasm/training/form.ts";
import { openSession } from "../backends/wasm/training/session.ts";
import { type OnMissing, threadsOfThisPage, type WebWorker } from "../backends/wasm/training/web-workers.ts";
import { UsageError } from "../common/usage-error.ts";
import { countsInBatch } from "../data/batch-counts.ts";
import { planBatches } from "../data/batch-plan.ts";
import type { BatchStream } from "../data/batch-stream.ts";
import { BatchBuilder } from "../data/batches.ts";
import { ColumnReader } from "../data/columns.ts";
import { encodeRows, fitRows, type RowsFormat } from "../data/encode.ts";
import type { Taught } from "../data/fit-rows.ts";
import { readerOfColumns } from "../data/gather-columns.ts";
import type { GroupReader } from "../data/grouped-order.ts";
import { learnedOfLabel } from "../data/label-numbers.ts";
import { givenVocabularies, type ReadText } from "../data/listed-values.ts";
import { occurrencesOf } from "../data/occurrences.ts";
import { MemoryOrders } from "../data/row-order.ts";
import { type RowReader, RowValues } from "../data/row-reader.ts";
import type { StoredRows } from "../data/row-stages.ts";
import type { TableRows } from "../data/table-rows.ts";
import { threadMissing } from "../diagnostics/catalog/threads.ts";
import { type Diagnostic, diagnose, noLocation } from "../diagnostics/diagnostic.ts";
import { lower } from "../frontend/check/lower.ts";
import { tablesOf } from "../frontend/kinds/model-queries.ts";
import { type PredictedValues, predictedValues } from "../frontend/labels/predicted-values.ts";
import { measuredBy, measuredPredictions } from "../frontend/labels/registry.ts";
import type { Fitted, Model } from "../frontend/model/model.ts";
import type { Metric } from "../middle/metrics/registry.ts";
import type { TrainingProgram } from "../middle/programs/program.ts";
import { predictionProgram, trainingProgram } from "../middle/programs/step.ts";
import { scoredValues } from "../middle/training/channels.ts";
import { averageWarnings } from "./averages.ts";
import {
  type EpochsOptions,
  endOfEpoch,
  type ProgressEvent,
  resultSoFar,
  type TrainResult,
  trainToEnd,
} from "./epochs.ts";
import { EventLoopYield } from "./event-loop-yield.ts";
import { groupWarnings } from "./groups.ts";
import { resamplesFor } from "./metrics/bootstrap.ts";
import { measureHere } from "./metrics/evaluate.ts";
import { type Evaluation, evaluateScores, score } from "./score.ts";
import { type EpochResult, type TrainingPosition, TrainingStopped } from "./state.ts";
import { type StepProgress, Trainer } from "./trainer.ts";

/** Options for opening a training in memory. */
export interface OpenTrainingOptions extends RowsFormat {
  /** Rows to train on; vocabularies and transforms are fitted on them. */
  readonly train: TableRows;
  /** Rows to evaluate after each epoch; an early stop uses them. */
  readonly valid?: TableRows;
  /** Rows to evaluate after each epoch; no decision depends on them. */
  readonly test?: TableRows;
  /** Whether metrics of epochs get intervals, which take longer to compute than the metrics. Default true. */
  readonly intervals?: boolean;
  /** The seed of everything random; the spec's by default. */
  readonly seed?: number;
  /** Returns the text of a file by its path in the spec; null if there is none. */
  readonly readText?: ReadText;
  /** Workers for the threads of a step; by default one thread computes it. */
  readonly threads?: PageThreads;
  /**
   * Whether weights are the same to the bit on every machine. A product and its sum are then rounded
   * separately, which is slower on machines that can round them once.
   */
  readonly portable?: boolean;
  /** Called after each step, epoch and evaluation, and for warnings. */
  readonly onEvent?: (event: TrainingEvent) => void;
}

export type TrainingEvent =
  | ProgressEvent
  | { readonly kind: "diagnostics"; readonly diagnostics: readonly Diagnostic[] };

/**
 * Threads for a worker in a cross-origin isolated page. Everywhere else there is one thread, whatever this
 * says.
 */
export interface PageThreads {
  /**
   * Starts a worker whose script calls `takePart` with the data of every message. If its script does not
   * load, the other threads do its work, and a warning says so (DIN0539).
   */
  readonly newWorker: () => WebWorker;
  /** The number of threads, including the training one; by default as many as make steps faster. */
  readonly count?: number;
}

/** Options for a run of steps. */
export interface RunStepsOptions {
  /** The number of steps after which it ends; by default the end of the training. */
  readonly steps?: number;
  /** Ends it after a step when aborted, such as the signal of an `AbortController`. */
  readonly signal?: { readonly aborted: boolean };
}

/** Rows that a training has encoded once, for repeated scoring and evaluation. */
export class EncodedRows {
  /** The number of rows. */
  readonly rows: number;
  /** @internal */
  readonly encoded: StoredRows;

  /** @internal */
  constructor(encoded: StoredRows) {
    this.rows = encoded.rows;
    this.encoded = encoded;
  }
}

/** Scores of rows, by label. */
export interface Scores extends PredictedValues {
  /**
   * Float32, one per row: the network's output before the sigmoid; for a number label, the number. For
   * classes, one per class, row by row. By output, its numbers, row by row.
   */
  readonly logits: ReadonlyMap<string, Float32Array>;
}

/**
 * Fits vocabularies and transforms on rows in memory, encodes them, and returns a training without any steps,
 * which can train until it is closed. Throws DiagnosticError for mistakes in rows, or settings that do not
 * fit them, and UsageError for columns of different lengths.
 */
export async function openTraining(model: Model, options: OpenTrainingOptions): Promise<Training> {
  const { seed = model.train.seed } = options;
  const seeded: Model = { ...model, train: { ...model.train, seed } };
  const given = givenVocabularies(model, options.readText ?? (() => null));
  const { fitted, counts, rows: train } = fitRows(seeded, given, options.train, "the training rows", options);
  const measuredOn = (split: "valid" | "test", what: string) => {
    const rows = options[split];
    if (rows === undefined) return [];
    return [{ split, data: encodeRows(seeded, fitted, rows, what, { ...options, labels: "required" }) }];
  };
  const evaluate = [...measuredOn("valid", "the validation rows"), ...measuredOn("test", "the test rows")];
  const tables = tablesOf(seeded, fitted);
  const withVectors = tables.find((table) => table.options.vectors !== null);
  if (withVectors !== undefined)
    throw new UsageError(
      `the table of \`${withVectors.name}\` begins as vectors of a file, which only dinc train reads`,
    );
  const forward = lower(seeded);
  const reader = readerOfColumns(train, new ColumnReader());
  const { batchBy } = seeded;
  const orders = new MemoryOrders(batchBy === null ? null : groupsOfRows(reader, batchBy));
  const warnings = [
    ...groupWarnings(seeded, train.rows, orders),
    ...averageWarnings(seeded, forward, train.rows),
  ];
  if (warnings.length > 0) options.onEvent?.({ kind: "diagnostics", diagnostics: warnings });
  const plan = planBatches(forward, tables, 1, seeded.train);
  const program = trainingProgram(
    forward,
    seeded,
    countsInBatch(reader, train.rows, orders, plan, seeded.train.batch),
  );
  const { threads, portable = false } = options;
  const machine = {
    threads:
      threads === undefined
        ? null
        : threadsOfThisPage(threads.newWorker, threads.count ?? null, onMissing(options)),
    form: portable ? ("plain" as const) : bestForm(),
  };
  const epochs: EpochsOptions<StoredRows> = {
    program,
    tables,
    train,
    orders,
    backend: {
      ...{ name: "wasm", description: "WebAssembly", reason: null, parts: 1 },
      open: async (of, initial, held = null) => openSession(machine, of, initial, held),
    },
    predictions: measuredPredictions(seeded),
    evaluate,
    intervals: options.intervals ?? true,
    batches: streamOf(program, tables),
    occurrences: (counted) => occurrencesOf(counted, reader, train.rows),
    labelNumbers: (label) => learnedOfLabel(seeded.labels.get(label)!, reader, train.rows),
    ...(options.onEvent === undefined ? {} : { onProgress: options.onEvent }),
  };
  return new Training(seeded, { fitted, counts }, options, epochs, await Trainer.open(epochs));
}

function groupsOfRows(reader: RowReader, by: string): GroupReader {
  return (from, count) => {
    const places = Int32Array.from({ length: count }, (_, i) => from + i);
    return { places, groups: new RowValues(reader, places).group(by, newArrays.ints) };
  };
}

/** Warns once, because all threads have the same script. */
function onMissing({ onEvent }: OpenTrainingOptions): OnMissing {
  let isTold = false;
  return (reason) => {
    if (isTold) return;
    isTold = true;
    onEvent?.({ kind: "diagnostics", diagnostics: [diagnose(threadMissing, { reason }, noLocation)] });
  };
}

/** A training between two steps. Wait for each call before the next one. */
export class Training {
  /** The model, with the seed of the training. */
  readonly model: Model;
  /** The values fitted on the training rows. */
  readonly fitted: Fitted;
  /** The validation and test rows that it was opened with; null if there are none. */
  readonly valid: EncodedRows | null;
  readonly test: EncodedRows | null;
  /** @internal By fitted vocabulary: the number of occurrences of each id in the training rows. */
  readonly counts: ReadonlyMap<string, Float64Array>;
  private readonly format: RowsFormat;
  private readonly options: EpochsOptions<StoredRows>;
  private readonly trainer: Trainer<StoredRows>;
  private readonly turns = new EventLoopYield();

  /** @internal */
  constructor(
    model: Model,
    { fitted, counts }: Taught,
    format: RowsFormat,
    options: EpochsOptions<StoredRows>,
    trainer: Trainer<StoredRows>,
  ) {
    this.model = model;
    this.fitted = fitted;
    this.counts = counts;
    this.format = format;
    const evaluated = new Map(options.evaluate.map(({ split, data }) => [split, new EncodedRows(data)]));
    this.valid = evaluated.get("valid") ?? null;
    this.test = evaluated.get("test") ?? null;
    this.options = options;
    this.trainer = trainer;
  }

  /** The number of training rows. */
  get rows(): number {
    return this.options.train.rows;
  }

  /** Steps of one epoch. */
  get steps(): number {
    return this.trainer.steps;
  }

  /** The current position: the epoch, from 1, and the number of its completed steps. */
  get position(): TrainingPosition {
    return { epoch: this.trainer.epochs.length + 1, steps: this.trainer.running.steps };
  }

  /** The finished epochs, each with its evaluations. */
  get epochs(): readonly EpochResult[] {
    return this.trainer.epochs;
  }

  /** Whether all epochs of the spec are finished, or an early stop has ended it. */
  get isOver(): boolean {
    return this.trainer.isOver;
  }

  /**
   * Makes the next step. The last step of an epoch also ends it, with the evaluation of the validation rows;
   * at the end of the last epoch, an early stop restores the best epoch's weights. Throws DiagnosticError if
   * the loss or a weight is not finite (DIN0507, DIN0534) or a thread has ended (DIN0537), and UsageError if
   * the training is over.
   */
  async step(): Promise<StepProgress> {
    await this.endEpochIfDone();
    if (this.isOver) throw new UsageError("the training is over: it makes no further steps");
    const { trainer, options } = this;
    const made = await trainer.step();
    trainer.pause();
    options.onProgress?.(made);
    await this.endEpochIfDone();
    // Workers start and messages arrive only when this thread is idle.
    await this.turns.take();
    return made;
  }

  /**
   * Makes steps until the training is over, `steps` are made, or the signal aborts; the next call continues
   * after the last step. Emits the events of `step` and throws like it.
   */
  async run({ steps = Number.POSITIVE_INFINITY, signal }: RunStepsOptions = {}): Promise<void> {
    let made = 0;
    const isEnough = () => made >= steps || signal?.aborted === true;
    if (isEnough()) return;
    const { onProgress } = this.options;
    const counted = (event: ProgressEvent) => {
      if (event.kind === "step") made += 1;
      onProgress?.(event);
    };
    const checkpoints = { from: null, due: () => false, stopping: isEnough, save: async () => {} };
    try {
      await trainToEnd(this.trainer, { ...this.options, onProgress: counted, checkpoints });
    } catch (error) {
      if (!(error instanceof TrainingStopped)) throw error;
      this.trainer.pause();
      if (signal?.aborted !== true) await this.endEpochIfDone();
    }
  }

  /**
   * Encodes rows with the fitted values. Rows without labels can only be scored. Throws DiagnosticError for
   * mistakes in the rows.
   */
  encode(rows: TableRows): EncodedRows {
    const { model, fitted, format } = this;
    return new EncodedRows(encodeRows(model, fitted, rows, "the rows", { ...format, labels: "optional" }));
  }

  /**
   * Evaluates the current weights on rows with labels: for each prediction the metrics of the spec, or the
   * given ones, such as `[{ kind: "auc" }, { kind: "log_loss" }]`. A metric that the rows do not define is
   * NaN. Rows that were encoded without labels cannot be evaluated. Throws DiagnosticError for mistakes in
   * the rows.
   */
  async evaluate(
    rows: TableRows | EncodedRows,
    { metrics = this.model.train.metrics, intervals = false }: EvaluateRowsOptions = {},
  ): Promise<readonly Evaluation[]> {
    const data = this.encodedOf(rows, "required");
    const scores = await this.scored(data);
    const resamples = intervals ? resamplesFor(data.rows) : 0;
    const resampling = { seed: this.model.train.seed, resamples };
    const by = (label: string) => measuredBy(this.model, label, metrics);
    return evaluateScores("test", data, scores, { by, resampling, measure: measureHere });
  }

  /** Scores rows with the current weights. Throws DiagnosticError for mistakes in the rows. */
  async predict(rows: TableRows | EncodedRows): Promise<Scores> {
    const logits = await this.scored(this.encodedOf(rows, "optional"));
    return { logits, ...predictedValues(this.model, logits) };
  }

  /**
   * Copies of all parameters by name, row-major: those of the network, of normalisations, and the optimizer's
   * slots. With `average` in the spec, weights are the averages that are evaluated.
   */
  parameters(): ParameterValues {
    return this.trainer.judged().parameters;
  }

  /**
   * The model with copies of its current weights, as `compileTrained` takes it. Throws DiagnosticError if a
   * weight is not finite (DIN0534).
   */
  trained(): TrainedModel {
    const { model, fitted, format } = this;
    const predict = predictionProgram(lower(model), model);
    this.trainer.sound();
    const { parameters, tables: judged } = this.trainer.judged();
    const tables = [...judged].map(
      ([name, { width, values }]) => [name, { width, values: values.slice() }] as const,
    );
    return {
      ...{ model, fitted, predict, run: null, calibration: null, usual: null },
      padding: format.padding ?? null,
      parameters: new Map([...predict.parameters.keys()].map((name) => [name, parameters.get(name)!])),
      tables: new Map(tables),
    };
  }

  /** @internal The training step and its settings. */
  get program(): TrainingProgram {
    return this.options.program;
  }

  /** @internal The result so far; the next step changes it. */
  async soFar(): Promise<TrainResult> {
    await this.endEpochIfDone();
    return resultSoFar(this.trainer, this.options);
  }

  /** Ends its threads and releases its memory. Nothing may be called afterwards. */
  close(): Promise<void> {
    return this.trainer.close();
  }

  /** Repeats an evaluation that was abandoned. */
  private async endEpochIfDone(): Promise<void> {
    if (this.isOver || !this.trainer.isEpochDone) return;
    await endOfEpoch(this.trainer, this.options);
    if (this.isOver) this.trainer.finish();
  }

  private encodedOf(rows: TableRows | EncodedRows, labels: "required" | "optional"): StoredRows {
    if (rows instanceof EncodedRows) return rows.encoded;
    const { model, fitted, format } = this;
    return encodeRows(model, fitted, rows, "the rows", { ...format, labels });
  }

  private scored(data: StoredRows): Promise<ReadonlyMap<string, Float32Array>> {
    const { batches } = this.options;
    const wanted = scoredValues(this.model);
    this.trainer.pause();
    return this.trainer.withJudged((tables) => score(this.trainer.session, tables, data, batches, wanted));
  }
}

/** Options for evaluating rows. */
export interface EvaluateRowsOptions {
  /** The metrics; those of the spec by default. */
  readonly metrics?: readonly Metric[];
  /** Whether to compute 95 % intervals. */
  readonly intervals?: boolean;
}

function streamOf(
  { step, settings }: TrainingProgram,
  tables: Parameters<typeof planBatches>[1],
): BatchStream<StoredRows> {
  const builder = new BatchBuilder(planBatches(step, tables, 1, settings));
  // Built in this thread on demand, so they need no room.
  return async function* (rows, order, sizes, streams = null) {
    yield* builder.batches(readerOfColumns(rows, new ColumnReader()), order, sizes, streams);
  };
}
