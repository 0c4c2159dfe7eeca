// The library's door to a training: `train` and `resume`. A training goes through these steps, one file each:
//   training-request.ts   requestTraining   checks spec, settings and options
//   prepare.ts            prepareRequest    reads rows and fits vocabularies and transforms
//   train-run.ts          trainRun          trains, and writes the run folder
//   ../train/run-trainer.ts   runTrainer    opens a `Trainer` on these rows, which makes the steps

import { UsageError } from "../../compiler/common/usage-error.ts";
import { Prepared } from "./prepare.ts";
import type { ModelSource } from "./read-spec.ts";
import { type RunOptions, type TrainedRun, type TrainOptions, trainRun } from "./train-run.ts";
import { requestTraining } from "./training-request.ts";

/**
 * Trains a model and writes the run folder `out` with its report. The folder is complete or absent in all
 * cases. Throws DiagnosticError for mistakes in the spec, the settings, the data or the folder, and if the
 * loss is not finite. An abort finishes the step, writes the checkpoint and a run with the weights so far, and throws
 * `Stopped`, which names both.
 */
export function train(prepared: Prepared, options: RunOptions): Promise<TrainedRun>;
export function train(model: ModelSource | null, options: TrainOptions): Promise<TrainedRun>;
export async function train(
  source: Prepared | ModelSource | null,
  options: TrainOptions | RunOptions,
): Promise<TrainedRun> {
  return (await requestAndTrain(source, options, false))!;
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
  return requestAndTrain(source, options, true);
}

async function requestAndTrain(
  source: Prepared | ModelSource | null,
  options: TrainOptions,
  isResuming: boolean,
): Promise<TrainedRun | null> {
  if (source instanceof Prepared && source.isClosed) throw new UsageError("the prepared data are closed");
  const request = source instanceof Prepared ? source : await requestTraining(source, options);
  return trainRun(request, options, isResuming);
}
