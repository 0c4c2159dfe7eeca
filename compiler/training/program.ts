// What a training back end runs: two Graphs over the same parameters and tables.

import type { ValidGraph } from "../graph/graph.ts";
import type { TrainSettings } from "../model/model.ts";

export interface TrainingProgram {
  /** Inputs: features, labels and the optimizer's scalars. Outputs: `loss` (once, [1]) and `gradient.<table>`. */
  readonly step: ValidGraph;
  /** Inputs: features. Outputs: `logit.<label>` (each example, [1]). Moving averages stand for batch statistics. */
  readonly predict: ValidGraph;
  readonly settings: TrainSettings;
  /** Names of the tables whose rows are fed. */
  readonly tables: readonly string[];
}

/**
 * Input names: `item_id` and `price` by example, `clicks.item_id` by step, `label/click`, `scalar/bias1`. The signs differ
 * because a history may be called `label` or `scalar`, and no name of a spec has a `/`.
 */
export const inputNames = {
  feature: (feature: string): string => feature,
  field: (history: string, feature: string): string => `${history}.${feature}`,
  label: (label: string): string => `label/${label}`,
  scalar: (scalar: string): string => `scalar/${scalar}`,
} as const;

export const outputNames = {
  loss: "loss",
  gradient: (table: string): string => `gradient.${table}`,
  logit: (label: string): string => `logit.${label}`,
  probability: (label: string): string => `probability.${label}`,
} as const;
