// The state of a training between two steps: everything besides its settings that later steps depend on.
// Orders of rows and random inputs follow from the seed and the step's number, so they are not part of it.

import type { ParameterValues } from "../backends/contract/session.ts";
import type { BestEpoch } from "./early-stop.ts";
import type { LossCurve } from "./loss-curve.ts";
import type { Evaluation } from "./score.ts";
import type { HostTable } from "./tables.ts";

export interface EpochResult {
  /** From 1. */
  readonly epoch: number;
  /** The mean over the epoch's examples, each at the step that used it. */
  readonly loss: number;
  /** With `schedule plateau`: the learning rate of its last step. */
  readonly learningRate?: number;
  /**
   * By label and auxiliary loss: the same mean for the terms of `loss`, before weights. Empty for a single
   * term.
   */
  readonly terms: ReadonlyMap<string, number>;
  readonly steps: number;
  /** The means of `loss` over equal parts of the steps, in order; at most 100. */
  readonly curve: readonly number[];
  /** The time of training, without evaluation. */
  readonly seconds: number;
  readonly samplesPerSecond: number;
  readonly evaluations: readonly Evaluation[];
}

export interface TrainState {
  /** The evaluations before the first step; empty if there were none. */
  readonly begun: readonly Evaluation[];
  /** The finished epochs, with their evaluations. */
  readonly epochs: readonly EpochResult[];
  readonly running: RunningEpoch;
  /** By table: its rows and the optimizer's slots. */
  readonly tables: ReadonlyMap<string, Pick<HostTable, "values" | "slots">>;
  /** Every parameter, slots included. */
  readonly parameters: ParameterValues;
  /** With an early stop, the best finished epoch. */
  readonly best: BestEpoch | null;
}

/** The epoch after the finished ones; sums are over the examples of its steps so far. */
export interface RunningEpoch {
  readonly steps: number;
  readonly samples: number;
  readonly loss: number;
  readonly terms: ReadonlyMap<string, number>;
  /** The course of the loss: see `loss-curve.ts`. */
  readonly curve: LossCurve;
  /** The time of training, over all sessions. */
  readonly seconds: number;
}

export const NOT_BEGUN: RunningEpoch = {
  ...{ steps: 0, samples: 0, loss: 0, seconds: 0 },
  ...{ terms: new Map(), curve: [] },
};

/** The position of a training: the step it has completed. */
export interface TrainingPosition {
  /** From 1. */
  readonly epoch: number;
  /** The steps of that epoch. */
  readonly steps: number;
}

export const positionOf = ({ epochs, running }: TrainState): TrainingPosition => ({
  epoch: epochs.length + 1,
  steps: running.steps,
});

/** `step 12 of epoch 3`, or between two epochs `epoch 2` */
export const positionText = ({ epoch, steps }: TrainingPosition): string =>
  steps === 0 && epoch > 1 ? `epoch ${epoch - 1}` : `step ${steps} of epoch ${epoch}`;

/**
 * `stopped by the user after step 12 of epoch 3 of 20; the run has the weights of epoch 2, the best so far on the
 * validation rows`
 */
export function describeInterruption(
  at: TrainingPosition,
  { kept, trained, wanted }: { readonly kept: number; readonly trained: number; readonly wanted: number },
): string {
  const weights =
    kept < trained
      ? `the weights of epoch ${kept}, the best so far on the validation rows`
      : at.steps === 0
        ? `the weights of epoch ${kept}`
        : "the weights of that step, which were not evaluated";
  return `stopped by the user after ${positionText(at)} of ${wanted}; the run has ${weights}`;
}

/** Saves a training's state, so that it can continue. */
export interface Checkpoints {
  /** The state to continue from; null at the beginning. */
  readonly from: TrainState | null;
  /** Called after each step: whether to save the state now. */
  readonly due: () => boolean;
  /** Whether the user has asked to stop. */
  readonly stopping: () => boolean;
  /** Saves a state, whose arrays may change afterwards. */
  readonly save: (state: TrainState) => Promise<void>;
}

/** Thrown when the user asks to stop; the state has been saved. */
export class TrainingStopped extends Error {
  override readonly name = "TrainingStopped";
  readonly at: TrainingPosition;

  constructor(state: TrainState) {
    super("training was stopped");
    this.at = positionOf(state);
  }
}
