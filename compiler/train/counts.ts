// The progress of a training and of those before it, from whose weights it continues.

import type { TrainSettings } from "../middle/training/settings.ts";
import type { EpochResult } from "./state.ts";

export interface TrainingCounts {
  /** They determine the shuffling of rows. */
  readonly epochs: number;
  /** Steps that the optimizer has counted. */
  readonly steps: number;
  /** The same for tables that begin again in each epoch: since they last began. */
  readonly tableSteps: number;
}

export const NO_COUNTS: TrainingCounts = { epochs: 0, steps: 0, tableSteps: 0 };

/** The counts after a training with `epochs`. */
export function countsAfter(
  before: TrainingCounts,
  epochs: readonly Pick<EpochResult, "steps">[],
  { anew }: Pick<TrainSettings, "anew">,
): TrainingCounts {
  const steps = epochs.reduce((sum, each) => sum + each.steps, 0);
  const last = epochs.at(-1)?.steps ?? 0;
  // Each epoch after the first begins with the tables that the training began with.
  const tableSteps = before.tableSteps + (anew === null ? steps : last);
  return { epochs: before.epochs + epochs.length, steps: before.steps + steps, tableSteps };
}
