// The state of a training between two steps: everything besides its settings that the following steps depend
// on. Orders of rows and random inputs follow from the seed and the step's number, so they are not part of
// it.

import type { ParameterValues } from "../backends/contract/session.ts";
import type { BestEpoch } from "./early-stop.ts";
import type { LossCurve } from "./loss-curve.ts";
import type { Evaluation } from "./score.ts";
import type { HostTable } from "./tables.ts";

export interface EpochResult {
  /** From 1. */
  readonly epoch: number;
  /** Mean over the epoch's examples, each at the step that used it. */
  readonly loss: number;
  /** By label and auxiliary loss: the same for the parts of `loss`, before weights. Empty for a single part. */
  readonly terms: ReadonlyMap<string, number>;
  readonly steps: number;
  /** The means of `loss` over equal parts of the steps, in their order; at most 100. */
  readonly curve: readonly number[];
  /** Of training, evaluation not counted. */
  readonly seconds: number;
  readonly samplesPerSecond: number;
  readonly evaluations: readonly Evaluation[];
}

export interface TrainState {
  /** What was measured before the first step; empty where nothing was. */
  readonly begun: readonly Evaluation[];
  /** Those that are finished, evaluations included. */
  readonly epochs: readonly EpochResult[];
  readonly running: RunningEpoch;
  /** By table: its rows and what the optimizer remembers of them. */
  readonly tables: ReadonlyMap<string, Pick<HostTable, "values" | "slots">>;
  /** Every parameter, slots included. */
  readonly parameters: ParameterValues;
  /** With an early stop, the best of the finished epochs. */
  readonly best: BestEpoch | null;
}

/** The epoch after the finished ones; sums are over the examples of its steps so far. */
export interface RunningEpoch {
  readonly steps: number;
  readonly samples: number;
  readonly loss: number;
  readonly terms: ReadonlyMap<string, number>;
  /** The loss as it went: see `loss-curve.ts`. */
  readonly curve: LossCurve;
  /** Of training, in all sittings. */
  readonly seconds: number;
}

export const NOT_BEGUN: RunningEpoch = {
  ...{ steps: 0, samples: 0, loss: 0, seconds: 0 },
  ...{ terms: new Map(), curve: [] },
};

/** After which step a training stands. */
export interface TrainingPosition {
  /** From 1. */
  readonly epoch: number;
  /** Of that epoch. */
  readonly steps: number;
}

export const positionOf = ({ epochs, running }: TrainState): TrainingPosition => ({
  epoch: epochs.length + 1,
  steps: running.steps,
});

/** `step 12 of epoch 3` */
export const positionText = ({ epoch, steps }: TrainingPosition): string => `step ${steps} of epoch ${epoch}`;

/** What keeps a training, and lets it go on. */
export interface Checkpoints {
  /** Where to go on; null at the beginning. */
  readonly from: TrainState | null;
  /** Asked after each step: whether it is time to keep where training stands. */
  readonly due: () => boolean;
  /** Whether the person wants to stop here. */
  readonly stopping: () => boolean;
  /** Keeps a state, whose arrays go on changing afterwards. */
  readonly save: (state: TrainState) => Promise<void>;
}

/** The person asked for it; where training stood is kept. */
export class TrainingStopped extends Error {
  override readonly name = "TrainingStopped";
  readonly at: TrainingPosition;

  constructor(state: TrainState) {
    super("training was stopped");
    this.at = positionOf(state);
  }
}
