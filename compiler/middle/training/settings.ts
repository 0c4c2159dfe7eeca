// The settings of a spec's `train`, and the other facts of a model that training needs: plain data from the checker.

import type { Metric } from "../metrics/registry.ts";
import type { Predicted } from "./channels.ts";

/** What each optimizer does with its settings: `middle/training/optimizers/`. */
export type Optimizer =
  | { readonly kind: "sgd"; readonly learningRate: number }
  | {
      readonly kind: "momentum";
      readonly learningRate: number;
      readonly momentum: number;
      readonly nesterov: boolean;
    }
  | {
      readonly kind: "adam";
      readonly learningRate: number;
      readonly beta1: number;
      readonly beta2: number;
      readonly epsilon: number;
    }
  | {
      readonly kind: "adamw";
      readonly learningRate: number;
      readonly beta1: number;
      readonly beta2: number;
      readonly epsilon: number;
      readonly weightDecay: number;
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
      /** The learning rate without its schedule, by which weights become 0. */
      readonly fullRate: number;
      readonly c: number;
      readonly mu: number;
    };

/** What the learning rate is multiplied by from step to step: `middle/training/schedules.ts`. All begin after a warm-up. */
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
    };

/** The loss of a label's logit: `middle/training/label-losses.ts`. */
export type LabelLoss =
  | { readonly kind: "binary_cross_entropy"; readonly smoothing: number; readonly positive: number }
  | { readonly kind: "focal"; readonly gamma: number; readonly alpha: number | null };

/** λ of ½·λ·‖w‖²: of the matrices of layers, and of the rows that a batch has of the tables. */
export interface L2 {
  readonly dense: number;
  readonly tables: number;
}

/**
 * Training ends where `metric` of `label` (null: the first prediction's) on the validation rows has not become better for
 * `patience` epochs, and the weights are those of the best epoch.
 */
export interface EarlyStop {
  /** One of `metrics`. */
  readonly metric: Metric;
  readonly label: string | null;
  readonly patience: number;
}

/** Parts of a model that a setting is for: `for: [wide, user_id]`. */
export interface ModelPart {
  /** As the spec names them. */
  readonly names: readonly string[];
  /** Names of tables. */
  readonly tables: readonly string[];
  /** Dense weights: those that are called so, and those whose names go on after one of these with a dot. */
  readonly weights: readonly string[];
}

/** The optimizer of a part: `ftrl(0.1, for: wide)`. */
export interface PartOptimizer {
  readonly optimizer: Optimizer;
  readonly part: ModelPart;
}

/** Makes weights exactly 0, after the optimizer's step: `middle/training/shrinkage.ts`. */
export interface Shrinkage {
  /** `group_lasso`: a row of a table as a whole. */
  readonly kind: "l1" | "group_lasso";
  readonly lambda: number;
  /** Null: of the whole model. */
  readonly part: ModelPart | null;
}

export interface TrainSettings {
  readonly loss: LabelLoss;
  /** By label: what its loss is multiplied by; 1 for a label that is not in here. */
  readonly labelWeights: Readonly<Record<string, number>>;
  /** Of everything that no part has. */
  readonly optimizer: Optimizer;
  /** A weight or table is in one of them at most. */
  readonly partOptimizers: readonly PartOptimizer[];
  readonly schedule: Schedule;
  /** The largest norm that the gradients of a step may have together, those of tables included; or null. */
  readonly clipNorm: number | null;
  /** λ of the DIN paper's mini-batch aware regularisation of the tables (section 5.1), or null. */
  readonly miniBatchAware: number | null;
  readonly l2: L2;
  readonly shrinkages: readonly Shrinkage[];
  /**
   * The decay of the average of the weights over the steps, which is what is evaluated and kept; null for the
   * weights themselves.
   */
  readonly average: number | null;
  readonly batch: number;
  /** With an early stop, the most epochs. */
  readonly epochs: number;
  readonly earlyStop: EarlyStop | null;
  readonly metrics: readonly Metric[];
  readonly seed: number;
}

/** `loss next_item(weight: 0.5) = …`: its mean over the examples is added to the loss of training, times the weight. */
export interface AuxiliaryLoss {
  readonly name: string;
  readonly weight: number;
}

/** Which rows a label has: all of them alike, unless it says otherwise. */
export interface CountingRule {
  readonly mayBeMissing: boolean;
  readonly weight: object | null;
}

/** What a training program needs apart from the forward Graph; a checked Model has it. */
export interface Objective {
  readonly train: TrainSettings;
  /** By name. */
  readonly labels: ReadonlyMap<string, CountingRule>;
  /** In the order of their `predict` statements. */
  readonly predictions: readonly (Predicted & { readonly weight: number })[];
  readonly losses: readonly AuxiliaryLoss[];
  /** By name. */
  readonly tables: ReadonlyMap<string, { readonly options: { readonly frozen: boolean } }>;
}
