// Runs a training to its end, from the first step or from a checkpoint, on rows from any source.

import { type EpochsOptions, type TrainResult, trainToEnd } from "../../compiler/train/epochs.ts";
import { Trainer } from "../../compiler/train/trainer.ts";
import { occurrencesIn, type RowSource } from "../data/batches.ts";

export type RunTrainerOptions = Omit<EpochsOptions<RowSource>, "occurrences">;

/** Throws like `Trainer.open` and `trainToEnd`. */
export async function runTrainer(given: RunTrainerOptions): Promise<TrainResult> {
  const options = {
    ...given,
    occurrences: (counted: Parameters<typeof occurrencesIn>[0]) => occurrencesIn(counted, given.train),
  };
  const trainer = await Trainer.open(options, options.checkpoints?.from ?? null);
  try {
    return await trainToEnd(trainer, options);
  } finally {
    await trainer.close();
  }
}
