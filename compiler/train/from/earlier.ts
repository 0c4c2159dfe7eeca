// What a training that goes on from an earlier one has of it, and what a person may ask of it.

import type { Fitted, Model } from "../../frontend/model/model.ts";
import type { Optimizer, PartOptimizer } from "../../middle/training/settings.ts";
import type { TrainingCounts } from "../trainer.ts";
import type { Renames } from "./renaming.ts";

export interface Earlier {
  readonly model: Model;
  readonly fitted: Fitted;
  readonly tables: ReadonlyMap<string, EarlierTable>;
  readonly parameters: ReadonlyMap<
    string,
    { readonly dims: readonly number[]; readonly values: Float32Array }
  >;
  /** How the graph of its predictions hashes. */
  readonly network: string;
  /** Null where nothing was kept but the model. */
  readonly state: OptimizerState | null;
}

export interface EarlierTable {
  readonly rows: number;
  readonly width: number;
  readonly values: Float32Array;
}

/** What an optimizer remembers, and how often ids were met, after a training and those before it. */
export interface OptimizerState {
  readonly optimizer: Optimizer;
  readonly partOptimizers: readonly PartOptimizer[];
  readonly made: TrainingCounts;
  /** By slot of the optimizer: by weight, in its shape, and by table. */
  readonly weights: Slots;
  readonly tables: Slots;
  /** By vocabulary, by id. */
  readonly met: ReadonlyMap<string, IdOccurrences>;
}

export type Slots = ReadonlyMap<string, ReadonlyMap<string, Float32Array>>;

/** Of each id of a vocabulary. */
export interface IdOccurrences {
  /** In how many places of the training rows of all trainings it stood. */
  readonly counts: Float32Array;
  /** The day of the last training whose rows had it, in days since 1970. */
  readonly days: Float32Array;
}

/** How a training goes on from an earlier one. */
export interface FromOptions {
  /** Names that changed: features, histories, tables, layers. */
  readonly rename?: Renames;
  /** What a new id begins as: what the `init` of its table says, where nothing is said, or the row of unknown values. */
  readonly newIds?: NewIds;
  /** Begins the optimizer's state and its count of steps anew. */
  readonly freshOptimizer?: boolean;
  /** Fits the transforms of numbers on the new rows, instead of keeping what they learned. */
  readonly refit?: boolean;
  /** Which ids leave their vocabulary. */
  readonly evict?: Eviction;
}

export type NewIds = "init" | "unknown";

/** An id leaves where either holds. */
export interface Eviction {
  /** Its last training is more than so many days before this one. */
  readonly unseenDays?: number;
  /** It stood in fewer places of all trainings' rows, those of this one included. */
  readonly below?: number;
}
