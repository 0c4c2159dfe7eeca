// Training: reads data, trains, evaluates after each epoch, and leaves a complete run folder or none.

import { tmpdir } from "node:os";
import type { EngineName } from "../../compiler/backends/choices.ts";
import type { TrainingBackend } from "../../compiler/backends/contract/session.ts";
import type { SourceFile } from "../../compiler/common/source-file.ts";
import { UsageError } from "../../compiler/common/usage-error.ts";
import { withoutData, withoutSpec } from "../../compiler/diagnostics/catalog/run.ts";
import { DiagnosticError, diagnose, noLocation } from "../../compiler/diagnostics/diagnostic.ts";
import { lower } from "../../compiler/frontend/check/lower.ts";
import type { BadRowPolicy } from "../../compiler/frontend/config/choices.ts";
import type { Config, DataConfig } from "../../compiler/frontend/config/config.ts";
import { trainingProblems } from "../../compiler/frontend/config/training-problems.ts";
import { tablesOf } from "../../compiler/frontend/kinds/model-queries.ts";
import type { Fitted, Model } from "../../compiler/frontend/model/model.ts";
import { overridesOf } from "../../compiler/frontend/modules/params.ts";
import { trainingProgram } from "../../compiler/middle/programs/step.ts";
import { BadRows, type LeftOut } from "../data/bad-rows.ts";
import { countsInBatch } from "../data/batch-counts.ts";
import { planBatches } from "../data/batch-plan.ts";
import { openBatches } from "../data/prefetch.ts";
import { readTraining } from "../data/read-data.ts";
import { Scratch } from "../data/scratch.ts";
import { readTitles, type Titles } from "../data/titles.ts";
import type { TrainingData } from "../data/training-data.ts";
import { readTruth, type Truth } from "../data/truth.ts";
import { chooseBackend } from "../engines/choose.ts";
import type { EngineOptions } from "../engines/machines.ts";
import { version } from "../files/version.ts";
import { writeRun } from "../run/write-run.ts";
import { describeStop, type Stopped as EarlyStopped } from "../train/early-stop.ts";
import { train as runTraining, type TrainOptions as TrainingLoop } from "../train/loop.ts";
import { openMeasuring } from "../train/metrics/metrics-thread.ts";
import type { Evaluation, Split } from "../train/score.ts";
import type { EpochResult } from "../train/state.ts";
import { type EventFiles, openEventFiles } from "../train/tensorboard.ts";
import { readVectors } from "../train/vectors.ts";
import { Checkpointing, type CheckpointOptions } from "./checkpointing.ts";
import { currentName } from "./engine-names.ts";
import { type DataSummary, tellDiagnostics, throwIfStopped, type Watch } from "./events.ts";
import { leftOutNotes } from "./left-out.ts";
import { describeTruth, metricNotes } from "./metric-notes.ts";
import { readConfig } from "./read-config.ts";
import { type ModelOptions, type ModelSource, modelOf, readSpec } from "./read-spec.ts";
import { runContents } from "./run-contents.ts";

/** What data are read for a training, and how. What is said here overrides dinc.yaml, which overrides the spec. */
export interface PrepareOptions extends ModelOptions, Watch {
  /** dinc.yaml: its path, or its text with the path that it is relative to. */
  readonly config?: string | SourceFile;
  /** Settings over those of `config`, as `data.dir=../data` or `train.epochs=3`. */
  readonly set?: readonly string[];
  /** Seed of everything random. */
  readonly seed?: number;
  /** At most so many rows of each split, the first ones. */
  readonly limit?: number;
  /** What is done with rows that cannot be read; `fail` where dinc.yaml says nothing either. */
  readonly onBadRow?: BadRowPolicy;
}

/** How a training runs, and where its run goes. */
export interface RunOptions extends CheckpointOptions, EngineOptions {
  /** What runs the steps; `auto`, where nothing is said, takes the faster one for the model. */
  readonly backend?: EngineName | "auto";
  /** Seed of everything random. */
  readonly seed?: number;
  /** A folder for event files of TensorBoard. */
  readonly tensorboard?: string;
}

export interface TrainOptions extends PrepareOptions, RunOptions {}

/** A model and the data to train it with, read and fitted: several trainings can use them. */
export class Prepared {
  readonly model: Model;
  readonly summary: DataSummary;
  /** Bad rows that were left out of the files. */
  readonly leftOut: readonly LeftOut[];
  /** @internal */
  readonly source: DataConfig;
  /** @internal */
  readonly data: TrainingData;
  /** @internal */
  readonly truth: Truth | null;
  private readonly columns: Scratch;
  private closed = false;

  /** @internal */
  constructor(
    { model, source }: Asked,
    data: TrainingData,
    columns: Scratch,
    truth: Truth | null,
    leftOut: readonly LeftOut[],
  ) {
    this.model = model;
    this.source = source;
    this.columns = columns;
    this.data = data;
    this.truth = truth;
    this.leftOut = leftOut;
    this.summary = summaryOf(data);
  }

  /** What was learned from the training rows: vocabularies and the numbers of transforms. */
  get fitted(): Fitted {
    return this.data.fitted;
  }

  /** Whether `close` was called. */
  get isClosed(): boolean {
    return this.closed;
  }

  /** Removes the files of columns that did not fit into `data.memory`. No training may use the data then, or use them still. */
  close(): void {
    this.closed = true;
    this.columns.remove();
  }
}

export interface TrainedRun {
  /** The run folder, which `openRun` reads. */
  readonly folder: string;
  readonly epochs: readonly EpochResult[];
  /** The epoch whose weights are in the run, from 1. */
  readonly kept: number;
  /** Of that epoch: the metrics of each prediction on each split. */
  readonly evaluations: readonly Evaluation[];
  /** How an early stop ended the training; null without one. */
  readonly stopped: EarlyStopped | null;
  /** Sentences about these numbers, as the report has them. */
  readonly notes: readonly string[];
  /** Of this call, data and report included. */
  readonly seconds: number;
  /** Bytes of memory that the process had at most. */
  readonly peakMemory: number;
}

/** A checked model, and where its data lie. */
interface Asked {
  readonly model: Model;
  readonly source: DataConfig;
}

/**
 * Reads what a training needs: spec, settings, rows; fits vocabularies and transforms on the training rows. Trains nothing and
 * writes nothing. `model` null is the `spec` of the settings. Throws DiagnosticError for what is wrong with any of them, and
 * `Stopped`, once data are read, where the signal says so. Columns that do not fit into `data.memory` lie in files until `close`, or
 * until the process ends.
 */
export async function prepare(model: ModelSource | null, options: PrepareOptions = {}): Promise<Prepared> {
  return readPrepared(await askedFor(model, options), options);
}

/**
 * Trains a model and writes the run folder `out`, with its report. The folder is complete or absent whatever happens. Throws
 * DiagnosticError for what is wrong with the spec, the settings, the data or the folder, and where the loss is not finite. An
 * abort finishes the step, writes the checkpoint and throws `Stopped`.
 */
export function train(prepared: Prepared, options: RunOptions): Promise<TrainedRun>;
export function train(model: ModelSource | null, options: TrainOptions): Promise<TrainedRun>;
export async function train(
  source: Prepared | ModelSource | null,
  options: TrainOptions | RunOptions,
): Promise<TrainedRun> {
  return (await runOf(source, options, false))!;
}

/**
 * As `train`, but goes on from the checkpoint beside `out`, to the same weights as without the break; begins with the first step
 * where there is none. Gives null where the run is complete. Throws DiagnosticError where the checkpoint is of another training.
 */
export function resume(prepared: Prepared, options: RunOptions): Promise<TrainedRun | null>;
export function resume(model: ModelSource | null, options: TrainOptions): Promise<TrainedRun | null>;
export function resume(
  source: Prepared | ModelSource | null,
  options: TrainOptions | RunOptions,
): Promise<TrainedRun | null> {
  return runOf(source, options, true);
}

async function runOf(
  source: Prepared | ModelSource | null,
  options: TrainOptions,
  isResuming: boolean,
): Promise<TrainedRun | null> {
  if (source instanceof Prepared && source.isClosed) throw new UsageError("the prepared data are closed");
  const asked = source instanceof Prepared ? source : await askedFor(source, options);
  const checkpointing = await Checkpointing.claim(options, isResuming);
  if (checkpointing === null) return null;
  try {
    checkpointing.throwIfStopped();
    return await trainedRun(asked, options, checkpointing);
  } finally {
    checkpointing.release();
  }
}

async function askedFor(source: ModelSource | null, options: PrepareOptions): Promise<Asked> {
  const { config: given = null, set = [], params = [], variant } = options;
  const config = await readConfig(given, set, (warnings) => tellDiagnostics(warnings, options));
  const path = config.file?.path ?? "--set";
  const spec = source ?? config.spec;
  if (spec === null) throw new DiagnosticError([diagnose(withoutSpec, { path }, noLocation)]);
  const checked = modelOf(await readSpec(spec), {
    ...options,
    params: [...config.params, ...overridesOf(params)],
    variant: variant ?? config.variant,
  });
  const model = withOverrides(checked, config, options.seed);
  const { data } = config;
  if (data === null) throw new DiagnosticError([diagnose(withoutData, { path }, noLocation)]);
  const problems = trainingProblems(model, config);
  if (problems.length > 0) throw new DiagnosticError(problems);
  return { model, source: data };
}

function withOverrides(model: Model, { train: overrides }: Config, seed: number | undefined): Model {
  const { optimizer, epochs, batch } = model.train;
  const learningRate = overrides.learningRate ?? optimizer.learningRate;
  const settings = {
    ...model.train,
    epochs: overrides.epochs ?? epochs,
    batch: overrides.batch ?? batch,
    optimizer: { ...optimizer, learningRate },
  };
  return withSeed({ ...model, train: settings }, seed ?? overrides.seed ?? undefined);
}

function withSeed(model: Model, seed: number | undefined): Model {
  return seed === undefined ? model : { ...model, train: { ...model.train, seed } };
}

async function readPrepared(asked: Asked, options: PrepareOptions): Promise<Prepared> {
  const { model, source } = asked;
  const { limit, onEvent } = options;
  const badRows = new BadRows(options.onBadRow ?? source.onBadRow ?? "fail");
  const columns = new Scratch();
  try {
    const data = await readTraining(model, source, {
      columns,
      report: (text) => onEvent?.({ kind: "activity", text }),
      badRows,
      ...(limit === undefined ? {} : { limit }),
    });
    tellDiagnostics([...badRows.warnings, ...badRows.remarks], options);
    const prepared = new Prepared(asked, data, columns, await readTruth(source), badRows.leftOut);
    onEvent?.({ kind: "data", ...prepared.summary });
    throwIfStopped(options);
    return prepared;
  } catch (error) {
    columns.remove();
    throw error;
  }
}

function summaryOf({ train: rows, valid, test, fitted, fingerprint, onDisk }: TrainingData): DataSummary {
  return {
    rows: { train: rows.rows, valid: valid?.rows ?? null, test: test?.rows ?? null },
    vocabularies: Object.fromEntries(
      [...fitted.vocabularies].map(([name, values]) => [name, values.length] as const),
    ),
    onDisk: { bytes: onDisk, folder: tmpdir() },
    orderedBy: fingerprint.events?.orderedBy ?? null,
  };
}

/** What a training has before it has data. */
interface Opened {
  readonly backend: TrainingBackend;
  /** When the call began, by the clock of `performance`. */
  readonly started: number;
}

async function trainedRun(
  asked: Asked | Prepared,
  options: TrainOptions,
  checkpointing: Checkpointing,
): Promise<TrainedRun> {
  const started = performance.now();
  const { onEvent } = options;
  const choice = currentName(options.backend ?? "auto", "caller", options);
  const graph = () => trainingProgram(lower(asked.model), asked.model).step;
  const backend = await chooseBackend(
    choice === "auto" ? { trainedBy: null, graph: graph() } : choice,
    options,
  );
  onEvent?.({
    kind: "backend",
    model: asked.model.name,
    name: backend.name,
    description: backend.description,
    reason: backend.reason,
  });
  const isGiven = asked instanceof Prepared;
  const prepared = isGiven ? asked : await readPrepared(asked, options);
  try {
    return await runOn(prepared, { backend, started }, options, checkpointing);
  } finally {
    if (!isGiven) prepared.close();
  }
}

async function runOn(
  prepared: Prepared,
  { backend, started }: Opened,
  options: TrainOptions,
  checkpointing: Checkpointing,
): Promise<TrainedRun> {
  const { onEvent, tensorboard, out } = options;
  const { data, truth, leftOut } = prepared;
  const model = withSeed(prepared.model, options.seed);
  const tables = tablesOf(model, data.fitted);
  const forward = lower(model);
  const counts = countsInBatch(data.train, planBatches(forward, tables), model.train.batch);
  const program = trainingProgram(forward, model, counts);
  const vectors = await readVectors(model, data.fitted, tables, (read) =>
    onEvent?.({ kind: "vectors", ...read }),
  );
  let eventFiles: EventFiles | null = null;
  if (tensorboard !== undefined)
    eventFiles = await openEventFiles(tensorboard, program.settings, (diagnostic) =>
      tellDiagnostics([diagnostic], options),
    );
  const labels = model.predictions.map(({ label }) => label);
  const batches = openBatches(planBatches(program.step, tables, backend.parts));
  const measuring = openMeasuring();
  const identity = { program, tables, data: data.fingerprint, backend: bitsOf(backend), compiler: version() };
  const result = await checkpointing
    .run(identity, (checkpoints) =>
      runTraining({
        program,
        backend,
        tables,
        vectors,
        train: data.train,
        labels,
        evaluate: evaluatedSplits(data),
        batches: batches.stream,
        orders: data.orders,
        measure: measuring.measure,
        checkpoints,
        onProgress: (event) => {
          onEvent?.(event);
          eventFiles?.take(event);
        },
      }),
    )
    .finally(() => Promise.all([batches.close(), measuring.close(), eventFiles?.close()]));
  onEvent?.({ kind: "writing", path: out });

  const { evaluations } = result.epochs[result.kept - 1]!;
  const epochs = { trained: result.epochs.length, wanted: model.train.epochs };
  const notes = [
    result.stopped === null ? null : describeStop(result.stopped, epochs, labels),
    ...metricNotes(evaluations),
    truth === null ? null : describeTruth(truth, evaluations),
    ...leftOutNotes(leftOut),
  ].filter((note) => note !== null);
  const contents = await runContents({
    model,
    program,
    data,
    result,
    vectors,
    backend,
    compiler: version(),
    peakMemory,
    titles: await titlesOf(model, prepared.source),
    notes,
    onProgress: (text) => onEvent?.({ kind: "activity", text }),
  });
  // A kill while writing leaves the old run or none; the checkpoint goes last, so that nothing is ever lost.
  await checkpointing.finish(() => writeRun(out, contents, options.force === true));
  return {
    folder: out,
    epochs: result.epochs,
    kept: result.kept,
    evaluations,
    stopped: result.stopped,
    notes,
    seconds: (performance.now() - started) / 1000,
    peakMemory: peakMemory(),
  };
}

function evaluatedSplits({ valid, test }: TrainingData): TrainingLoop["evaluate"] {
  const splits = { valid, test } satisfies Partial<Record<Split, TrainingData["valid"]>>;
  return (["valid", "test"] as const).flatMap((split) => {
    const data = splits[split];
    return data === null ? [] : [{ split, data }];
  });
}

/** A report without titles is better than no run. */
function titlesOf(model: Model, source: DataConfig): Promise<Titles | null> {
  return readTitles(model, source).catch(() => null);
}

function peakMemory(): number {
  return 1024 * process.resourceUsage().maxRSS;
}

/** What trains, as far as bits depend on it: a checkpoint is gone on with by the same. */
function bitsOf({ name, rounding }: TrainingBackend): string {
  return rounding === undefined ? name : `${name}, ${rounding}`;
}
