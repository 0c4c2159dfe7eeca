// The parts of an earlier training that a continued one uses, and the options for continuing.

import type { Fitted, Model } from "../../frontend/model/model.ts";
import type { Optimizer, PartOptimizer } from "../../middle/training/settings.ts";
import type { TrainingCounts } from "../counts.ts";
import type { Renames } from "./renaming.ts";

export interface Earlier {
  readonly model: Model;
  readonly fitted: Fitted;
  readonly tables: ReadonlyMap<string, EarlierTable>;
  readonly parameters: ReadonlyMap<
    string,
    { readonly dims: readonly number[]; readonly values: Float32Array }
  >;
  /** The hash of the graph of its predictions. */
  readonly network: string;
  /** Null if only the model was kept. */
  readonly state: OptimizerState | null;
}

export interface EarlierTable {
  readonly rows: number;
  readonly width: number;
  readonly values: Float32Array;
}

/** The optimizer's state, and the occurrences of ids, after a training and its predecessors. */
export interface OptimizerState {
  readonly optimizer: Optimizer;
  readonly partOptimizers: readonly PartOptimizer[];
  /** The tables that began again in each epoch. */
  readonly anew: readonly string[];
  readonly made: TrainingCounts;
  /** By slot of the optimizer: by weight, in its shape, and by table. */
  readonly weights: Slots;
  readonly tables: Slots;
  /** By vocabulary. */
  readonly met: ReadonlyMap<string, IdOccurrences>;
}

export type Slots = ReadonlyMap<string, ReadonlyMap<string, Float32Array>>;

/** For each id of a vocabulary. */
export interface IdOccurrences {
  /** The number of occurrences in the training rows of all trainings. */
  readonly counts: Float32Array;
  /** The day of the last training whose rows contained it, in days since 1970. */
  readonly days: Float32Array;
}

/** Options for continuing an earlier training. */
export interface FromOptions {
  /** Renamed features, histories, tables and layers. */
  readonly rename?: Renames;
  /**
   * The initial row of a new id: that of the `init` of its table (the default), or the row of unknown values.
   */
  readonly newIds?: NewIds;
  /** Resets the optimizer's state and its count of steps. */
  readonly freshOptimizer?: boolean;
  /** Fits the transforms of numbers on the new rows, instead of keeping the fitted values. */
  readonly refit?: boolean;
  /** The ids to remove from their vocabulary. */
  readonly evict?: Eviction;
}

export type NewIds = "init" | "unknown";

/** An id is removed if either condition holds. */
export interface Eviction {
  /** Its last training is more than this number of days before this one. */
  readonly unseenDays?: number;
  /** It has fewer occurrences in the rows of all trainings, including this one. */
  readonly below?: number;
}
