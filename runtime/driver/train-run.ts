// Third step of a training: trains on data that are read, evaluates after each epoch, and leaves a complete run
// folder or none. If the user stops it, a run beside that folder has the weights so far.

import type { EngineName } from "../../compiler/backends/choices.ts";
import type { TrainingBackend } from "../../compiler/backends/contract/session.ts";
import { planBatches } from "../../compiler/data/batch-plan.ts";
import { mapped } from "../../compiler/data/row-stages.ts";
import { lower } from "../../compiler/frontend/check/lower.ts";
import { tablesOf } from "../../compiler/frontend/kinds/model-queries.ts";
import { measuredPredictions } from "../../compiler/frontend/labels/registry.ts";
import type { Model, TableSpec } from "../../compiler/frontend/model/model.ts";
import type { TrainingProgram } from "../../compiler/middle/programs/program.ts";
import { trainingProgram } from "../../compiler/middle/programs/step.ts";
import { averageWarnings } from "../../compiler/train/averages.ts";
import { countsAfter, NO_COUNTS, type TrainingCounts } from "../../compiler/train/counts.ts";
import { describeStop, type EarlyStopped } from "../../compiler/train/early-stop.ts";
import type { ProgressEvent, TrainResult } from "../../compiler/train/epochs.ts";
import { describeFirstBest } from "../../compiler/train/first-epoch-best.ts";
import type { Continuation } from "../../compiler/train/from/continuation.ts";
import { occurrencesAfter } from "../../compiler/train/from/occurrences.ts";
import { groupWarnings } from "../../compiler/train/groups.ts";
import type { Evaluation, Split } from "../../compiler/train/score.ts";
import { describeInterruption, type EpochResult } from "../../compiler/train/state.ts";
import { bytesInRoom, countsInBatch, labelNumbersIn, openBatches } from "../data/batches.ts";
import type { TrainingData } from "../data/training-data.ts";
import { chooseBackend } from "../engines/choose.ts";
import type { EngineOptions } from "../engines/options.ts";
import { version } from "../files/version.ts";
import { environmentOf, peakMemory } from "../run/environment.ts";
import type { RunContents } from "../run/run-files.ts";
import { type PeriodRecord, runFiles } from "../run/run-folder.ts";
import { type StateTensors, stateTensors } from "../run/state-tensors.ts";
import { writeRun } from "../run/write-run.ts";
import type { Follower } from "../train/curves.ts";
import { openMeasuring } from "../train/metrics/metrics-thread.ts";
import { Mlflow } from "../train/mlflow.ts";
import { type RunTrainerOptions, runTrainer } from "../train/run-trainer.ts";
import { readVectors } from "../train/vectors.ts";
import { type CallerOfMany, Checkpointing, type CheckpointOptions } from "./checkpointing.ts";
import { currentName } from "./engine-names.ts";
import { withFindingEvents } from "./events.ts";
import { withFollowers } from "./followers.ts";
import { continuedFrom, type EarlierRun, fromRecord } from "./from.ts";
import { leftOutNotes } from "./left-out.ts";
import { describeTruth, metricNotes } from "./metric-notes.ts";
import { Prepared, prepareRequest } from "./prepare.ts";
import { withSeed } from "./read-spec.ts";
import { runContents } from "./run-contents.ts";
import type { PrepareOptions, ReadWithOthers, TrainingRequest } from "./training-request.ts";

/** The options of a training and of its output. */
export interface RunOptions extends CheckpointOptions, EngineOptions {
  /** The engine of the steps; by default `auto`, the fastest one for the model. */
  readonly backend?: EngineName | "auto";
  /** Seed of everything random. */
  readonly seed?: number;
  /**
   * The folder of another run, of a linear model on the same rows and with the same settings: a logistic regression of
   * the features that the network reads, as a baseline.
   */
  readonly linear?: string;
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
 * Trains for a request, or on data that were read for one. With `isResuming` it continues from the checkpoint
 * beside `out`, if there is one; it returns null if the run is complete.
 */
export async function trainRun(
  request: TrainingRequest | Prepared,
  options: TrainOptions & PartOfMany,
  isResuming: boolean,
): Promise<TrainedRun | null> {
  const checkpointing = await Checkpointing.claim(options, isResuming);
  if (checkpointing === null) return null;
  try {
    checkpointing.throwIfStopped();
    const started = performance.now();
    const backend = await chosenBackend(request.model, options);
    // Before data are read, so that an unreachable server is reported at once.
    const mlflow =
      options.mlflow === undefined ? null : await Mlflow.connect(options.mlflow, request.model.name);
    const isGiven = request instanceof Prepared;
    const prepared = isGiven ? request : await prepareRequest(request, options);
    try {
      // Its sample of rows takes memory that the training needs.
      await prepared.baseline();
      const model = withSeed(prepared.model, options.seed);
      const { tensorboard, out } = options;
      const trained = await withFollowers(
        { model, out, isResuming, backend: backend.description, tensorboard, mlflow },
        options,
        (take) => trainAndWrite({ prepared, model, backend }, take, options, checkpointing),
      );
      return { ...trained, seconds: (performance.now() - started) / 1000, peakMemory: peakMemory() };
    } finally {
      if (!isGiven) prepared.close();
    }
  } finally {
    checkpointing.release();
  }
}

/** The engine that the options name, or the fastest one for the model. */
async function chosenBackend(model: Model, options: TrainOptions): Promise<TrainingBackend> {
  const choice = currentName(options.backend ?? "auto", "caller", options);
  const backend = await chooseBackend(
    choice === "auto" ? { trainedBy: null, graph: trainingProgram(lower(model), model).step } : choice,
    withFindingEvents(options),
  );
  const { name, description, reason } = backend;
  options.onEvent?.({ kind: "backend", model: model.name, name, description, reason });
  return backend;
}

/** The rows and the engine of a training. */
interface OpenedTraining {
  readonly prepared: Prepared;
  /** The model with the seed of the options. */
  readonly model: Model;
  readonly backend: TrainingBackend;
}

async function trainAndWrite(
  opened: OpenedTraining,
  take: Follower["take"],
  options: TrainOptions & PartOfMany,
  checkpointing: Checkpointing,
): Promise<Omit<TrainedRun, "seconds" | "peakMemory">> {
  const beginning = await beginningOf(opened, options);
  const onProgress = (event: ProgressEvent) => {
    options.onEvent?.(event);
    take(event);
  };
  const result = await runSteps(opened, beginning, onProgress, checkpointing);
  const { interrupted } = result;
  if (interrupted !== null)
    throw await checkpointing.stopped(interrupted, async (run) => {
      options.onEvent?.({ kind: "writing", path: run });
      const { contents } = await contentsOf(opened, beginning, result, options);
      await writeRun(run, contents, true);
    });
  return writeResult(opened, beginning, result, options, checkpointing);
}

/** The inputs of the first step: the program, and the vectors and weights that are known before. */
interface Beginning {
  readonly program: TrainingProgram;
  readonly tables: readonly TableSpec[];
  readonly vectors: Awaited<ReturnType<typeof readVectors>>;
  /** The state of the run that the training continues from; null if weights begin at random. */
  readonly continued: ReturnType<typeof continuedFrom> | null;
}

async function beginningOf(
  { prepared: { data, from }, model }: OpenedTraining,
  { onEvent }: TrainOptions,
): Promise<Beginning> {
  const forward = lower(model);
  const diagnostics = [
    ...groupWarnings(model, data.train.rows, data.orders),
    ...averageWarnings(model, forward, data.train.rows),
  ];
  if (diagnostics.length > 0) onEvent?.({ kind: "diagnostics", diagnostics });
  const { fitted } = data;
  const tables = tablesOf(model, fitted);
  const counts = countsInBatch(data, planBatches(forward, tables, 1, model.train), model.train.batch);
  const program = trainingProgram(forward, model, counts);
  const vectors = await readVectors(model, fitted, tables, (read) => onEvent?.({ kind: "vectors", ...read }));
  if (from === null) return { program, tables, vectors, continued: null };
  const continued = continuedFrom(from, { model, fitted, program, tables, vectors });
  onEvent?.({ kind: "from", run: from.opened.folder, continuation: continued.continuation });
  return { program, tables, vectors, continued };
}

/** Makes the steps until the end or until the user stops, with checkpoints, and evaluates after each epoch. */
async function runSteps(
  { prepared: { data, from }, model, backend }: OpenedTraining,
  { program, tables, vectors, continued }: Beginning,
  onProgress: (event: ProgressEvent) => void,
  checkpointing: Checkpointing,
): Promise<TrainResult> {
  const plan = planBatches(program.step, tables, backend.parts, program.settings);
  const batches = openBatches(plan);
  const measuring = openMeasuring();
  const identity = {
    ...{ program, tables, data: data.fingerprint, backend: bitsOf(backend), compiler: version() },
    from: from === null ? null : identityOfEarlier(from),
  };
  return checkpointing
    .run(identity, (checkpoints) =>
      runTrainer({
        ...{ program, backend, tables, vectors, train: data.train, orders: data.orders },
        predictions: measuredPredictions(model),
        evaluate: evaluatedSplits(data),
        batches: batches.stream,
        batchBytes: bytesInRoom(data, plan, model.train.batch),
        labelNumbers: labelNumbersIn(model, data.train),
        measure: measuring.measure,
        checkpoints: { ...checkpoints, from: checkpoints.from ?? continued?.state ?? null },
        ...(continued === null
          ? {}
          : {
              before: continued.made,
              measuresFirst: from!.testsFirst,
              earlier: continued.state.tables,
            }),
        onProgress,
      }),
    )
    .finally(() => Promise.all([batches.close(), measuring.close()]));
}

/** Writes the run folder with its report. */
async function writeResult(
  opened: OpenedTraining,
  beginning: Beginning,
  result: TrainResult,
  options: TrainOptions & PartOfMany,
  checkpointing: Checkpointing,
): Promise<Omit<TrainedRun, "seconds" | "peakMemory">> {
  const { out, onEvent, force } = options;
  onEvent?.({ kind: "writing", path: out });
  const { contents, notes } = await contentsOf(opened, beginning, result, options);
  // A kill while writing leaves the old run or none; the checkpoint goes last, so that nothing is ever lost.
  await checkpointing.finish(() => writeRun(out, contents, force === true));
  const { epochs, kept, begun, stopped } = result;
  const { continuation } = beginning.continued ?? { continuation: null };
  const evaluations = keptEvaluations(result);
  return { folder: out, epochs, kept, begun, continuation, evaluations, stopped, notes };
}

/** The content of the run folder, and the sentences of its report. */
async function contentsOf(
  { prepared, model, backend }: OpenedTraining,
  { program, vectors, continued }: Beginning,
  result: TrainResult,
  { onEvent, period, state }: TrainOptions & PartOfMany,
): Promise<{ readonly contents: RunContents; readonly notes: readonly string[] }> {
  const { data, from, truth } = prepared;
  const { epochs, kept, begun, stopped, interrupted } = result;
  const evaluations = keptEvaluations(result);
  const labels = model.predictions.map(({ label }) => label);
  const trained = { trained: epochs.length, wanted: model.train.epochs };
  const notes = [
    interrupted !== null
      ? describeInterruption(interrupted, { kept, ...trained })
      : stopped === null
        ? null
        : describeStop(stopped, trained, labels),
    describeFirstBest(epochs, model.train, measuredPredictions(model)),
    ...metricNotes(evaluations),
    truth === null ? null : describeTruth(truth, evaluations),
    ...leftOutNotes(prepared.leftOut),
  ].filter((note) => note !== null);
  const contents = await runContents({
    ...{ model, program, data, result, backend, notes, period, peakMemory },
    given: mapped(vectors, ({ rows }) => rows.length),
    from: from === null ? null : fromRecord(from, continued!, begun),
    state: state === false ? null : stateOf(prepared, program, result, continued?.made ?? NO_COUNTS),
    environment: environmentOf(backend.description),
    compiler: version(),
    titles: await prepared.titles(),
    baseline: await prepared.baseline(),
    onProgress: (text) => onEvent?.({ kind: "activity", text }),
  });
  return { contents, notes };
}

/** The state that a continuing training needs in addition to the weights. */
function stateOf(
  { model, data, from, day }: Prepared,
  program: TrainingProgram,
  result: TrainResult,
  before: TrainingCounts,
): StateTensors {
  const made = countsAfter(before, result.epochs, program.settings);
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
}: Pick<TrainingData, "valid" | "test">): RunTrainerOptions["evaluate"] {
  const splits = { valid, test } satisfies Partial<Record<Split, TrainingData["valid"]>>;
  return (["valid", "test"] as const).flatMap((split) => {
    const data = splits[split];
    return data === null ? [] : [{ split, data }];
  });
}

/** The engine, as far as bits depend on it: a checkpoint continues only with the same one. */
export function bitsOf({ name, bits = name }: TrainingBackend): string {
  return bits;
}
