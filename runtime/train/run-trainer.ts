// Runs a training to its end or until the user stops it, from the first step or from a checkpoint, on rows from
// any source.

import {
  type EpochsOptions,
  resultOfStopped,
  type TrainResult,
  trainToEnd,
} from "../../compiler/train/epochs.ts";
import { TrainingStopped } from "../../compiler/train/state.ts";
import { Trainer } from "../../compiler/train/trainer.ts";
import { occurrencesIn, type RowSource } from "../data/batches.ts";

export type RunTrainerOptions = Omit<EpochsOptions<RowSource>, "occurrences">;

/**
 * Throws DiagnosticError like `Trainer.open` and `trainToEnd`. If the user stops the training, its state has been
 * saved, and the result has the weights so far.
 */
export async function runTrainer(given: RunTrainerOptions): Promise<TrainResult> {
  const options = {
    ...given,
    occurrences: (counted: Parameters<typeof occurrencesIn>[0]) => occurrencesIn(counted, given.train),
  };
  const trainer = await Trainer.open(options, options.checkpoints?.from ?? null);
  try {
    return await trainToEnd(trainer, options);
  } catch (error) {
    if (!(error instanceof TrainingStopped)) throw error;
    return resultOfStopped(trainer, error.at, options);
  } finally {
    await trainer.close();
  }
}
