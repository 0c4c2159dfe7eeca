// The library's door to a training: `train` and `resume`. A training goes through these steps, one file each:
//   training-request.ts   requestTraining   checks spec, settings and options
//   prepare.ts            prepareRequest    reads rows and fits vocabularies and transforms
//   train-run.ts          trainRun          trains, and writes the run folder
//   ../train/run-trainer.ts   runTrainer    opens a `Trainer` on these rows, which makes the steps

import { resolve } from "node:path";
import { option, wording } from "../../compiler/common/option-text.ts";
import { UsageError } from "../../compiler/common/usage-error.ts";
import type { Model } from "../../compiler/frontend/model/model.ts";
import { linearModel } from "../../compiler/tools/ablate/linear.ts";
import { claimRun, isRun } from "../run/write-run.ts";
import { Prepared, prepareRequest } from "./prepare.ts";
import type { ModelSource } from "./read-spec.ts";
import { type RunOptions, type TrainedRun, type TrainOptions, trainRun } from "./train-run.ts";
import { requestTraining, type TrainingRequest } from "./training-request.ts";

/**
 * Trains a model and writes the run folder `out` with its report. The folder is complete or absent in all
 * cases. Throws DiagnosticError for mistakes in the spec, the settings, the data or the folder, and if the
 * loss is not finite. An abort finishes the step, writes the checkpoint and a run with the weights so far, and throws
 * `Stopped`, which names both. With `linear`, it trains the linear model on the same rows afterwards.
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
  const { linear, ...alone } = options;
  return linear === undefined
    ? trainRun(request, options, isResuming)
    : trainBoth(request, linear, alone, isResuming);
}

/** Trains the model, and then the linear model of its features into the folder `linear`. */
async function trainBoth(
  request: TrainingRequest | Prepared,
  linear: string,
  options: TrainOptions,
  isResuming: boolean,
): Promise<TrainedRun | null> {
  const model = linearOf(request.model);
  if (request.from !== null)
    throw new UsageError(
      wording`${option("linear")} with ${option("from")}: a linear model has none of the run's weights`,
    );
  if (resolve(linear) === resolve(options.out))
    throw new UsageError(wording`${option("linear")} and ${option("out")} name the same folder`);
  const isThere = isResuming && (await isRun(linear));
  // Before hours of training, not after them.
  if (!isThere) (await claimRun(linear, options.force ?? false))();
  const isGiven = request instanceof Prepared;
  const prepared = isGiven ? request : await prepareRequest(request, options);
  try {
    const trained = await trainRun(prepared, options, isResuming);
    if (isThere) return trained;
    options.onEvent?.({ kind: "linear" });
    const { tensorboard: _, mlflow: __, ...watched } = options;
    await trainRun(prepared.for(model), { ...watched, out: linear }, isResuming);
    return trained;
  } finally {
    if (!isGiven) prepared.close();
  }
}

function linearOf(model: Model): Model {
  const found = linearModel(model);
  if ("reason" in found)
    throw new UsageError(wording`${option("linear")}: this model has no linear one: ${found.reason}`);
  return found;
}
