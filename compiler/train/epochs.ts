// Trains to the end: the steps of each epoch, the evaluation after it, and checkpoints. It writes no file;
// its result is complete.

import type { ParameterValues } from "../backends/contract/session.ts";
import { append } from "../common/arrays.ts";
import type { BatchStream } from "../data/batch-stream.ts";
import type { MeasuredColumns } from "../data/memory-rows.ts";
import { scoredValues } from "../middle/training/channels.ts";
import type { EarlyStopped } from "./early-stop.ts";
import { EventLoopYield } from "./event-loop-yield.ts";
import { resamplesFor } from "./metrics/bootstrap.ts";
import { type Measure, measureHere } from "./metrics/evaluate.ts";
import { type Evaluation, type EvaluationProgress, evaluateScores, type Split, score } from "./score.ts";
import { type Checkpoints, type EpochResult, type TrainingPosition, TrainingStopped } from "./state.ts";
import type { HostTable } from "./tables.ts";
import type { StepProgress, Trainer, TrainerOptions } from "./trainer.ts";

export interface EpochsOptions<Rows extends MeasuredColumns> extends TrainerOptions<Rows> {
  /** Computes the metrics; in this thread by default. */
  readonly measure?: Measure;
  readonly checkpoints?: Checkpoints;
  /** Whether metrics get intervals, which take longer to compute than the metrics. Default true. */
  readonly intervals?: boolean;
  /**
   * Whether to evaluate the weights before the first step too, and the training rows as well, which then need
   * labels and groups.
   */
  readonly measuresFirst?: boolean;
  readonly onProgress?: (event: ProgressEvent) => void;
}

export type ProgressEvent =
  | StepProgress
  | {
      readonly kind: "evaluation";
      readonly epoch: number;
      readonly split: Split;
      readonly progress: EvaluationProgress;
    }
  | { readonly kind: "epoch"; readonly epoch: EpochResult }
  /** The weights before the first step were evaluated. */
  | { readonly kind: "begun"; readonly evaluations: readonly Evaluation[] };

export interface TrainResult {
  /** The evaluations before the first step; empty if there were none. */
  readonly begun: readonly Evaluation[];
  readonly epochs: readonly EpochResult[];
  /**
   * The epoch of the returned tables and parameters: the last one, or with an early stop the best; 0 without
   * epochs.
   */
  readonly kept: number;
  /** Null without an early stop. */
  readonly stopped: EarlyStopped | null;
  /** The last step, if the user stopped the training before its end; otherwise null. */
  readonly interrupted: TrainingPosition | null;
  readonly tables: ReadonlyMap<string, HostTable>;
  /** Every parameter, slots included. */
  readonly parameters: ParameterValues;
  /** The time of training, without evaluation. */
  readonly seconds: number;
  readonly samplesPerSecond: number;
}

/**
 * Trains from the trainer's current position; the trainer stays open. Throws DiagnosticError when the loss is
 * no longer finite: the result of such a training is worthless, but an earlier checkpoint stays. Throws
 * TrainingStopped when the user asks to stop.
 */
export async function trainToEnd<Rows extends MeasuredColumns>(
  trainer: Trainer<Rows>,
  options: EpochsOptions<Rows>,
): Promise<TrainResult> {
  const { checkpoints, onProgress } = options;
  const turns = new EventLoopYield();
  const keep = async (isEnd: boolean): Promise<void> => {
    if (checkpoints === undefined) return;
    const isAsked = checkpoints.stopping() && !trainer.isOver;
    if (!isAsked && !isEnd && !checkpoints.due()) return;
    const { state } = trainer;
    await checkpoints.save(state);
    if (isAsked) throw new TrainingStopped(state);
  };
  const isBegun = trainer.epochs.length > 0 || trainer.running.steps > 0;
  if (options.measuresFirst === true && !isBegun) {
    const all = [{ split: "train", data: options.train } as const, ...options.evaluate];
    trainer.begun = await measured(trainer, options, all, 0, () => keep(false));
    onProgress?.({ kind: "begun", evaluations: trainer.begun });
  }
  while (!trainer.isOver) {
    while (!trainer.isEpochDone) {
      const step = await trainer.step();
      onProgress?.(step);
      await turns.take();
      await keep(false);
    }
    await endOfEpoch(trainer, options, () => keep(false));
    await keep(true);
  }
  return resultWith(trainer, trainer.epochs, trainer.finish(), options);
}

/**
 * The result of a training at its current position; a running epoch counts as ended. The weights are
 * evaluated, with intervals. Tables share the memory of the trainer, which may continue afterwards.
 */
export async function resultSoFar<Rows extends MeasuredColumns>(
  trainer: Trainer<Rows>,
  options: EpochsOptions<Rows>,
): Promise<TrainResult> {
  trainer.sound();
  trainer.pause();
  const ended = endedEpochs(trainer);
  const result = resultWith(trainer, ended, trainer.isOver ? trainer.finish() : null, options);
  const { kept } = result;
  if (kept === 0) return result;
  const whole = { ...options, intervals: true };
  const evaluations = await measured(trainer, whole, options.evaluate, kept, async () => {});
  return { ...result, epochs: ended.map((each) => (each.epoch === kept ? { ...each, evaluations } : each)) };
}

/**
 * The result of a training that the user stopped at `at`; a running epoch counts as ended. With an early stop it
 * has the weights of the best epoch so far, otherwise the last weights. These are not evaluated, so that the user
 * does not wait. No step may follow.
 */
export function resultOfStopped<Rows extends MeasuredColumns>(
  trainer: Trainer<Rows>,
  at: TrainingPosition,
  options: EpochsOptions<Rows>,
): TrainResult {
  const stopped = trainer.finish();
  return { ...resultWith(trainer, endedEpochs(trainer), stopped, options), interrupted: at };
}

/** The epochs, if the running one ended after its current step. */
function endedEpochs<Rows extends MeasuredColumns>(trainer: Trainer<Rows>): readonly EpochResult[] {
  return trainer.running.steps === 0 ? trainer.epochs : [...trainer.epochs, trainer.endedHere([])];
}

function resultWith<Rows extends MeasuredColumns>(
  trainer: Trainer<Rows>,
  epochs: readonly EpochResult[],
  stopped: EarlyStopped | null,
  { train }: EpochsOptions<Rows>,
): TrainResult {
  const kept = stopped?.epoch ?? epochs.length;
  const seconds = epochs.reduce((sum, epoch) => sum + epoch.seconds, 0);
  const samples = train.rows * trainer.epochs.length + trainer.running.samples;
  const samplesPerSecond = epochs.length === 0 ? 0 : samples / seconds;
  return {
    ...{ begun: trainer.begun, epochs, kept, stopped, interrupted: null },
    ...trainer.judged(),
    ...{ seconds, samplesPerSecond },
  };
}

/** Evaluates and ends an epoch after its steps. `stop` is called if the user asks to stop meanwhile. */
export async function endOfEpoch<Rows extends MeasuredColumns>(
  trainer: Trainer<Rows>,
  options: EpochsOptions<Rows>,
  stop: () => Promise<void> = async () => {},
): Promise<void> {
  // Checks the weights before they are evaluated.
  trainer.sound();
  trainer.pause();
  const epoch = trainer.epochs.length + 1;
  const evaluations = await measured(trainer, options, options.evaluate, epoch, stop);
  const result = await trainer.endEpoch(evaluations);
  options.onProgress?.({ kind: "epoch", epoch: result });
}

/**
 * The `batches` of an evaluation, which can be abandoned when the user asks to stop and repeated later,
 * because it changes nothing.
 */
function interruptible<Rows>(
  batches: BatchStream<Rows>,
  stop: () => Promise<void>,
  checkpoints: Checkpoints | undefined,
): BatchStream<Rows> {
  if (checkpoints === undefined) return batches;
  return async function* (...request) {
    for await (const batch of batches(...request)) {
      if (checkpoints.stopping()) await stop();
      yield batch;
    }
  };
}

/**
 * The same for metrics: they continue in their thread until it is closed, without anyone waiting for them.
 */
function interruptibleMeasure(
  measure: Measure,
  stop: () => Promise<void>,
  checkpoints: Checkpoints | undefined,
): Measure {
  if (checkpoints === undefined) return measure;
  return async (request, onProgress) => {
    const answer = measure(request, onProgress);
    let timer: ReturnType<typeof setInterval> | undefined;
    const stopping = new Promise<null>((resolve) => {
      timer = setInterval(() => {
        if (checkpoints.stopping()) resolve(null);
      }, STOPPING_INTERVAL_MS);
    });
    try {
      const first = await Promise.race([answer, stopping]);
      if (first !== null) return first;
      answer.catch(() => {}); // the error that its thread was closed
      await stop();
      return await answer;
    } finally {
      clearInterval(timer);
    }
  };
}

const STOPPING_INTERVAL_MS = 50;

/** The metrics of each split for the current weights, after `epoch`. */
async function measured<Rows extends MeasuredColumns>(
  trainer: Trainer<Rows>,
  options: EpochsOptions<Rows>,
  splits: EpochsOptions<Rows>["evaluate"],
  epoch: number,
  stop: () => Promise<void>,
): Promise<Evaluation[]> {
  const { seed } = options.program.settings;
  const { checkpoints } = options;
  const batches = interruptible(options.batches, stop, checkpoints);
  const measure = interruptibleMeasure(options.measure ?? measureHere, stop, checkpoints);
  const wanted = scoredValues({ predictions: options.predictions, outputs: [] });
  const evaluations: Evaluation[] = [];
  for (const { split, data } of splits) {
    const onProgress = (progress: EvaluationProgress) =>
      options.onProgress?.({ kind: "evaluation", epoch, split, progress });
    const scores = await trainer.withJudged((tables) =>
      score(trainer.session, tables, data, batches, wanted, (rows) =>
        onProgress({ kind: "scoring", rows, of: data.rows }),
      ),
    );
    const measures = {
      by: (label: string) => options.predictions.find((each) => each.label === label)!,
      resampling: { seed, resamples: options.intervals === false ? 0 : resamplesFor(data.rows) },
      measure,
      onProgress,
    };
    append(evaluations, await evaluateScores(split, data, scores, measures));
  }
  return evaluations;
}
