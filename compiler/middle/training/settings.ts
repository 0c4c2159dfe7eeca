// The settings of a spec's `train`, and the other facts of a model that training needs: plain data from the checker.

import type { Monitor } from "../metrics/monitor.ts";
import type { Metric } from "../metrics/registry.ts";
import type { NamedOutput, Predicted } from "./channels.ts";

export interface EveryRow {
  /** Present if every step changes all rows of a table, and not only those of the batch. */
  readonly rows?: "all";
}

/** See `middle/training/optimizers/` for the formulas. */
export type Optimizer =
  | { readonly kind: "sgd"; readonly learningRate: number }
  | {
      readonly kind: "momentum";
      readonly learningRate: number;
      readonly momentum: number;
      readonly nesterov: boolean;
      readonly rows?: "all";
    }
  | {
      readonly kind: "adam";
      readonly learningRate: number;
      readonly beta1: number;
      readonly beta2: number;
      readonly epsilon: number;
      /** ε before the bias correction, as PyTorch's `SparseAdam` has it; absent means 0. */
      readonly epsilonHat?: number;
      readonly rows?: "all";
    }
  | {
      readonly kind: "adamw";
      readonly learningRate: number;
      readonly beta1: number;
      readonly beta2: number;
      readonly epsilon: number;
      /** ε before the bias correction, as PyTorch's `SparseAdam` has it; absent means 0. */
      readonly epsilonHat?: number;
      readonly weightDecay: number;
      readonly rows?: "all";
    }
  | {
      readonly kind: "adagrad";
      readonly learningRate: number;
      readonly initialAccumulator: number;
      readonly epsilon: number;
      /** One accumulator for each row of a table, instead of one for each of its numbers. */
      readonly rowWise: boolean;
    }
  | {
      readonly kind: "ftrl";
      readonly learningRate: number;
      readonly beta: number;
      readonly l1: number;
      readonly l2: number;
    }
  | {
      readonly kind: "grda";
      readonly learningRate: number;
      /** The learning rate before the schedule, which sets the threshold for zeros. */
      readonly fullRate: number;
      readonly c: number;
      readonly mu: number;
      readonly rows?: "all";
    };

/** The factor of the learning rate from step to step, after a warm-up: see `middle/training/schedules.ts`. */
export type Schedule =
  | { readonly kind: "constant"; readonly warmup: number }
  | { readonly kind: "linear"; readonly warmup: number; readonly final: number }
  | { readonly kind: "cosine"; readonly warmup: number; readonly final: number }
  | { readonly kind: "step"; readonly every: number; readonly factor: number; readonly warmup: number }
  | {
      readonly kind: "exponential";
      readonly every: number;
      readonly factor: number;
      readonly warmup: number;
    }
  | {
      readonly kind: "plateau";
      readonly monitor: Monitor;
      readonly factor: number;
      readonly patience: number;
      readonly minDelta: number;
      readonly final: number;
      readonly warmup: number;
    };

/** The loss of a label's logit: see `middle/training/label-losses.ts`. */
export type LabelLoss =
  | { readonly kind: "binary_cross_entropy"; readonly smoothing: number; readonly positive: number }
  | { readonly kind: "focal"; readonly gamma: number; readonly alpha: number | null };

/**
 * λ of ½·λ·‖w‖², for the matrices of layers and for rows of tables. The pull of all rows is added before
 * clipping, as if it were a part of the loss.
 */
export interface L2 extends EveryRow {
  readonly dense: number;
  readonly tables: number;
}

/**
 * Training ends when `monitor` on the validation rows has not improved by `minDelta` for `patience` epochs. The
 * weights are then those of the best epoch.
 */
export interface EarlyStop {
  /** Its metrics are among `metrics`. */
  readonly monitor: Monitor;
  readonly patience: number;
  /** 0: any improvement counts. */
  readonly minDelta: number;
}

/** The part of a model that a setting applies to: `for: [wide, user_id]`. */
export interface ModelPart {
  /** As the spec names them. */
  readonly names: readonly string[];
  /** Names of tables. */
  readonly tables: readonly string[];
  /** Names of dense weights, or prefixes of them that a dot follows. */
  readonly weights: readonly string[];
}

/** The optimizer of a part: `ftrl(0.1, for: wide)`. */
export interface PartOptimizer {
  readonly optimizer: Optimizer;
  readonly part: ModelPart;
}

/** Makes weights exactly 0, after the optimizer's step: see `middle/training/shrinkage.ts`. */
export interface Shrinkage {
  /** `group_lasso` treats a row of a table as a whole. */
  readonly kind: "l1" | "group_lasso";
  readonly lambda: number;
  /** Null: the whole model. */
  readonly part: ModelPart | null;
}

export interface TrainSettings {
  readonly loss: LabelLoss;
  /** The optimizer of everything that is in no part. */
  readonly optimizer: Optimizer;
  /** Each weight or table is in at most one of them. */
  readonly partOptimizers: readonly PartOptimizer[];
  readonly schedule: Schedule;
  /**
   * The tables that begin again in each epoch, with their optimizer's state, while the rest of the model goes on;
   * null for none.
   */
  readonly anew: ModelPart | null;
  /** The maximum norm of all gradients of a step together, those of tables included; null for no limit. */
  readonly clipNorm: number | null;
  /** λ of the DIN paper's mini-batch aware regularisation of the tables (section 5.1), or null. */
  readonly miniBatchAware: number | null;
  readonly l2: L2;
  readonly shrinkages: readonly Shrinkage[];
  /**
   * The decay of the average of the weights over the steps, which replaces the weights in evaluation and in
   * the run; null for no average.
   */
  readonly average: number | null;
  readonly batch: number;
  /** With an early stop, the maximum number of epochs. */
  readonly epochs: number;
  readonly earlyStop: EarlyStop | null;
  readonly metrics: readonly Metric[];
  readonly seed: number;
}

/**
 * `loss next_item(weight: 0.5) = …`: its mean over the examples, times the weight, is added to the training
 * loss.
 */
export interface AuxiliaryLoss {
  readonly name: string;
  readonly weight: number;
}

/** Tells which rows have a label, and their weight. */
export interface CountingRule {
  readonly mayBeMissing: boolean;
  readonly weight: object | null;
}

/** Everything that a training program needs besides the forward Graph; a checked Model has it. */
export interface Objective {
  readonly train: TrainSettings;
  /** By name. */
  readonly labels: ReadonlyMap<string, CountingRule>;
  /** In the order of their `predict` statements. */
  readonly predictions: readonly (Predicted & { readonly weight: number })[];
  /** In the order of their statements. */
  readonly outputs: readonly NamedOutput[];
  readonly losses: readonly AuxiliaryLoss[];
  /** By name. */
  readonly tables: ReadonlyMap<string, { readonly options: { readonly frozen: boolean } }>;
}
