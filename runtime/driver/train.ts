// Training: reads data, trains, evaluates after each epoch, and leaves a complete run folder or none.

import type { EngineName } from "../../compiler/backends/choices.ts";
import type { TrainingBackend } from "../../compiler/backends/contract/session.ts";
import { option, wording } from "../../compiler/common/option-text.ts";
import { UsageError } from "../../compiler/common/usage-error.ts";
import { planBatches } from "../../compiler/data/batch-plan.ts";
import { mapped } from "../../compiler/data/row-stages.ts";
import { lower } from "../../compiler/frontend/check/lower.ts";
import { tablesOf } from "../../compiler/frontend/kinds/model-queries.ts";
import { measuredPredictions } from "../../compiler/frontend/labels/registry.ts";
import type { Model } from "../../compiler/frontend/model/model.ts";
import type { TrainingProgram } from "../../compiler/middle/programs/program.ts";
import { predictionProgram, trainingProgram } from "../../compiler/middle/programs/step.ts";
import { averageWarnings } from "../../compiler/train/averages.ts";
import { describeStop, type EarlyStopped } from "../../compiler/train/early-stop.ts";
import type { TrainResult } from "../../compiler/train/epochs.ts";
import type { Continuation } from "../../compiler/train/from/continuation.ts";
import { occurrencesAfter } from "../../compiler/train/from/occurrences.ts";
import { groupWarnings } from "../../compiler/train/groups.ts";
import type { Evaluation, Split } from "../../compiler/train/score.ts";
import type { EpochResult } from "../../compiler/train/state.ts";
import type { TrainingCounts } from "../../compiler/train/trainer.ts";
import { bytesInRoom, countsInBatch, openBatches } from "../data/batches.ts";
import type { TrainingData } from "../data/training-data.ts";
import { chooseBackend } from "../engines/choose.ts";
import type { EngineOptions } from "../engines/options.ts";
import { version } from "../files/version.ts";
import { environmentOf } from "../run/environment.ts";
import { type PeriodRecord, runFiles } from "../run/run-folder.ts";
import { type StateTensors, stateTensors } from "../run/state-tensors.ts";
import { writeRun } from "../run/write-run.ts";
import type { Follower } from "../train/curves.ts";
import { type LoopOptions, train as runTraining } from "../train/loop.ts";
import { openMeasuring } from "../train/metrics/metrics-thread.ts";
import { Mlflow } from "../train/mlflow.ts";
import { readVectors } from "../train/vectors.ts";
import { type CallerOfMany, Checkpointing, type CheckpointOptions } from "./checkpointing.ts";
import { currentName } from "./engine-names.ts";
import { withFindingEvents } from "./events.ts";
import { followed } from "./followers.ts";
import { continuedFrom, type EarlierRun, fromRecord } from "./from.ts";
import { leftOutNotes } from "./left-out.ts";
import { describeTruth, metricNotes } from "./metric-notes.ts";
import {
  askedFor,
  type PreparationRequest,
  Prepared,
  type PrepareOptions,
  peakMemory,
  preparedOf,
  type ReadWithOthers,
} from "./prepare.ts";
import { type ModelSource, withSeed } from "./read-spec.ts";
import { runContents } from "./run-contents.ts";
import { programSource, type Serving, servingOf } from "./serving.ts";

/** The options of a training and of its output. */
export interface RunOptions extends CheckpointOptions, EngineOptions {
  /** The engine of the steps; by default `auto`, the fastest one for the model. */
  readonly backend?: EngineName | "auto";
  /** Seed of everything random. */
  readonly seed?: number;
  /** A folder for TensorBoard event files. */
  readonly tensorboard?: string;
  /**
   * The address of an MLflow server, which receives settings, curves and the run; the environment variables
   * MLFLOW_* configure the rest.
   */
  readonly mlflow?: string;
  /**
   * True (the default) if the run keeps the optimizer's state, so that another training can continue from it
   * (`state.safetensors`).
   */
  readonly state?: boolean;
}

export interface TrainOptions extends PrepareOptions, RunOptions {}

/** Facts about one of many runs. */
export interface PartOfMany extends CallerOfMany, ReadWithOthers {
  /** The period of its rows. */
  readonly period?: PeriodRecord;
}

export interface TrainedRun {
  /** The run folder, which `openRun` opens. */
  readonly folder: string;
  readonly epochs: readonly EpochResult[];
  /** The epoch whose weights are in the run, from 1; 0 if none was trained. */
  readonly kept: number;
  /**
   * For a training that continues from a run: the metrics of its weights before the first step, first on the
   * training rows.
   */
  readonly begun: readonly Evaluation[];
  /** The fate of each part of that run; null if weights began at random. */
  readonly continuation: Continuation | null;
  /** The metrics of each prediction on each split after that epoch. */
  readonly evaluations: readonly Evaluation[];
  /** The reason of an early stop; null without one. */
  readonly stopped: EarlyStopped | null;
  /** Sentences about these numbers, as in the report. */
  readonly notes: readonly string[];
  /** The seconds of this call, including data and report. */
  readonly seconds: number;
  /** The peak memory of the process, in bytes. */
  readonly peakMemory: number;
}

/**
 * Trains a model and writes the run folder `out` with its report. The folder is complete or absent in all
 * cases. Throws DiagnosticError for mistakes in the spec, the settings, the data or the folder, and if the
 * loss is not finite. An abort finishes the step, writes the checkpoint and throws `Stopped`.
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
 * Like `train`, but continues from the checkpoint beside `out`, to the same weights as without the
 * interruption; starts with the first step if there is none. Returns null if the run is complete. Throws
 * DiagnosticError if the checkpoint belongs to another training.
 */
export function resume(prepared: Prepared, options: RunOptions): Promise<TrainedRun | null>;
export function resume(model: ModelSource | null, options: TrainOptions): Promise<TrainedRun | null>;
export function resume(
  source: Prepared | ModelSource | null,
  options: TrainOptions | RunOptions,
): Promise<TrainedRun | null> {
  return runOf(source, options, true);
}

/**
 * Like `train`, for an earlier request. With `isResuming` it continues from the checkpoint beside `out`, if
 * there is one.
 */
export async function trainAsked(
  asked: PreparationRequest | Prepared,
  options: TrainOptions & PartOfMany,
  isResuming: boolean,
): Promise<TrainedRun | null> {
  const checkpointing = await Checkpointing.claim(options, isResuming);
  if (checkpointing === null) return null;
  try {
    checkpointing.throwIfStopped();
    return await trainedRun(asked, options, checkpointing, isResuming);
  } finally {
    checkpointing.release();
  }
}

async function runOf(
  source: Prepared | ModelSource | null,
  options: TrainOptions,
  isResuming: boolean,
): Promise<TrainedRun | null> {
  if (source instanceof Prepared && source.isClosed) throw new UsageError("the prepared data are closed");
  const asked = source instanceof Prepared ? source : await askedFor(source, options);
  return trainAsked(asked, options, isResuming);
}

/** The state of a training before it has data. */
interface Opened {
  readonly backend: TrainingBackend;
  readonly mlflow: Mlflow | null;
  readonly isResuming: boolean;
  /** The start of the call, by the clock of `performance`. */
  readonly started: number;
}

async function trainedRun(
  asked: PreparationRequest | Prepared,
  options: TrainOptions & PartOfMany,
  checkpointing: Checkpointing,
  isResuming: boolean,
): Promise<TrainedRun> {
  const started = performance.now();
  const { onEvent } = options;
  const choice = currentName(options.backend ?? "auto", "caller", options);
  const graph = () => trainingProgram(lower(asked.model), asked.model).step;
  const backend = await chooseBackend(
    choice === "auto" ? { trainedBy: null, graph: graph() } : choice,
    withFindingEvents(options),
  );
  onEvent?.({
    kind: "backend",
    model: asked.model.name,
    name: backend.name,
    description: backend.description,
    reason: backend.reason,
  });
  // Before data are read, so that an unreachable server is reported at once.
  const mlflow = options.mlflow === undefined ? null : await Mlflow.connect(options.mlflow, asked.model.name);
  const isGiven = asked instanceof Prepared;
  const prepared = isGiven ? asked : await preparedOf(asked, options);
  try {
    return await runOn(prepared, { backend, mlflow, isResuming, started }, options, checkpointing);
  } finally {
    if (!isGiven) prepared.close();
  }
}

function runOn(
  prepared: Prepared,
  opened: Opened,
  options: TrainOptions & PartOfMany,
  checkpointing: Checkpointing,
): Promise<TrainedRun> {
  const model = withSeed(prepared.model, options.seed);
  const { mlflow, isResuming, backend } = opened;
  const { tensorboard, out } = options;
  return followed(
    { model, out, isResuming, backend: backend.description, tensorboard, mlflow },
    options,
    (take) => trainedOn(prepared, model, opened, take, options, checkpointing),
  );
}

async function trainedOn(
  prepared: Prepared,
  model: Model,
  { backend, started }: Opened,
  take: Follower["take"],
  options: TrainOptions & PartOfMany,
  checkpointing: Checkpointing,
): Promise<TrainedRun> {
  const { onEvent, out } = options;
  const { data, truth, leftOut, from } = prepared;
  const forward = lower(model);
  const warnings = [
    ...groupWarnings(model, data.train.rows, data.orders),
    ...averageWarnings(model, forward, data.train.rows),
  ];
  if (warnings.length > 0) onEvent?.({ kind: "diagnostics", diagnostics: warnings });
  const tables = tablesOf(model, data.fitted);
  const counts = countsInBatch(data, planBatches(forward, tables), model.train.batch);
  const program = trainingProgram(forward, model, counts);
  const vectors = await readVectors(model, data.fitted, tables, (read) =>
    onEvent?.({ kind: "vectors", ...read }),
  );
  const labels = model.predictions.map(({ label }) => label);
  const begins =
    from === null ? null : continuedFrom(from, { model, fitted: data.fitted, program, tables, vectors });
  if (begins !== null)
    onEvent?.({ kind: "from", run: from!.opened.folder, continuation: begins.continuation });
  const plan = planBatches(program.step, tables, backend.parts);
  const batches = openBatches(plan);
  const measuring = openMeasuring();
  const identity = {
    ...{ program, tables, data: data.fingerprint, backend: bitsOf(backend), compiler: version() },
    from: from === null ? null : identityOfEarlier(from),
  };
  const result = await checkpointing
    .run(identity, (checkpoints) =>
      runTraining({
        program,
        backend,
        tables,
        vectors,
        train: data.train,
        predictions: measuredPredictions(model),
        evaluate: evaluatedSplits(data),
        batches: batches.stream,
        batchBytes: bytesInRoom(data, plan, model.train.batch),
        orders: data.orders,
        measure: measuring.measure,
        checkpoints: { ...checkpoints, from: checkpoints.from ?? begins?.state ?? null },
        ...(begins === null ? {} : { before: begins.made, measuresFirst: from!.testsFirst }),
        onProgress: (event) => {
          onEvent?.(event);
          take(event);
        },
      }),
    )
    .finally(() => Promise.all([batches.close(), measuring.close()]));
  onEvent?.({ kind: "writing", path: out });

  const evaluations = keptEvaluations(result);
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
    given: mapped(vectors, ({ rows }) => rows.length),
    from: from === null ? null : fromRecord(from, begins!, result.begun),
    period: options.period,
    state: options.state === false ? null : stateOf(prepared, program, result, begins?.made ?? NONE_MADE),
    backend,
    environment: environmentOf(backend.description),
    compiler: version(),
    peakMemory,
    titles: await prepared.titles(),
    baseline: prepared.baseline,
    notes,
    onProgress: (text) => onEvent?.({ kind: "activity", text }),
  });
  // A kill while writing leaves the old run or none; the checkpoint goes last, so that nothing is ever lost.
  await checkpointing.finish(() => writeRun(out, contents, options.force === true));
  return {
    folder: out,
    epochs: result.epochs,
    kept: result.kept,
    begun: result.begun,
    continuation: begins?.continuation ?? null,
    evaluations,
    stopped: result.stopped,
    notes,
    seconds: (performance.now() - started) / 1000,
    peakMemory: peakMemory(),
  };
}

export interface ExplainedContinuation extends Continuation {
  /** Tells whether the module compiled from the run takes the new weights. */
  readonly serving: Serving;
}

/**
 * Explains what a training on these data, which are read and fitted, would do to the run of `options.from`;
 * it trains nothing. Throws as `train` does.
 */
export async function explainFrom(
  source: ModelSource | null,
  options: PrepareOptions,
): Promise<ExplainedContinuation> {
  if (options.from === undefined)
    throw new UsageError(wording`there is no run to go on from: name it with ${option("from")}`);
  const asked = await askedFor(source, { ...options, testFirst: false });
  const prepared = await preparedOf(asked, options, false);
  try {
    const model = withSeed(prepared.model, options.seed);
    const { fitted } = prepared.data;
    const tables = tablesOf(model, fitted);
    const program = trainingProgram(lower(model), model);
    const { opened } = prepared.from!;
    const { continuation } = continuedFrom(prepared.from!, {
      ...{ model, fitted, program, tables, vectors: new Map() },
    });
    const rows = new Map(tables.map(({ name, rows }) => [name, rows]));
    const serving = await servingOf(programSource(opened), {
      ...{ model, predict: predictionProgram(lower(model), model), calibration: null },
      padding: prepared.data.fingerprint.lists?.padding ?? null,
      rowsOf: (name) => rows.get(name)!,
    });
    return { ...continuation, serving };
  } finally {
    prepared.close();
  }
}

const NONE_MADE: TrainingCounts = { epochs: 0, steps: 0 };

/** The state that a continuing training needs in addition to the weights. */
function stateOf(
  { model, data, from, day }: Prepared,
  program: TrainingProgram,
  result: TrainResult,
  before: TrainingCounts,
): StateTensors {
  const { epochs } = result;
  const made = {
    epochs: before.epochs + epochs.length,
    steps: before.steps + epochs.reduce((sum, { steps }) => sum + steps, 0),
  };
  const counts = data.counts ?? new Map<string, Float64Array>();
  const renames = from?.options.rename;
  return stateTensors(
    program,
    result,
    made,
    occurrencesAfter(model, data.fitted, counts, day, from?.earlier ?? null, renames),
  );
}

/** The metrics of the weights that are kept. */
function keptEvaluations({ epochs, kept, begun }: TrainResult): readonly Evaluation[] {
  return epochs[kept - 1]?.evaluations ?? begun.filter(({ split }) => split !== "train");
}

/** The origin of a training, as far as its result depends on it. */
function identityOfEarlier({ opened, options }: EarlierRun): object {
  return { weights: opened.run.manifest.files[runFiles.weights]!.hash, ...options };
}

export function evaluatedSplits({
  valid,
  test,
}: Pick<TrainingData, "valid" | "test">): LoopOptions["evaluate"] {
  const splits = { valid, test } satisfies Partial<Record<Split, TrainingData["valid"]>>;
  return (["valid", "test"] as const).flatMap((split) => {
    const data = splits[split];
    return data === null ? [] : [{ split, data }];
  });
}

/** The engine, as far as bits depend on it: a checkpoint continues only with the same one. */
export function bitsOf({ name, rounding }: TrainingBackend): string {
  return rounding === undefined ? name : `${name}, ${rounding}`;
}
