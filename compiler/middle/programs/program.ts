// The program that a training back end runs: two Graphs over the same parameters and tables.

import { unreachable } from "../../common/internal-error.ts";
import type { Distribution, InputAttributes, InputRole } from "../graph/attributes.ts";
import type { ValidGraph } from "../graph/graph.ts";
import type { TensorType } from "../graph/types.ts";
import type { TrainSettings } from "../training/settings.ts";

export interface TrainingProgram {
  /**
   * Inputs: features, labels, the step's random numbers, and the optimizer's scalars. Outputs: `loss` (once,
   * [1]), its terms before their weights as `loss.<label or loss>` if there are several, and
   * `gradient.<table>`.
   */
  readonly step: ValidGraph;
  /**
   * Inputs: features. Outputs: `logit.<channel>` (each example, [1]) and `output.<name>`. Moving averages
   * replace batch statistics.
   */
  readonly predict: ValidGraph;
  readonly settings: TrainSettings;
  /** Names of the tables whose rows are fed. */
  readonly tables: readonly string[];
  /** The weights that optimizers change, in the order in which the optimizers' slots hold them. */
  readonly weights: readonly PackedWeight[];
}

/** The part of a dense weight in its optimizer's slots. */
export interface PackedWeight {
  readonly name: string;
  /** The number of its elements. */
  readonly size: number;
  /** The index of its optimizer. */
  readonly place: number;
}

/**
 * Input names: `item_id` and `price` by example, `clicks.item_id` by step, `label/click`, `present/buy`,
 * `weight/buy`, `scalar/bias1`, `noise/net.x.dropout_1`, `normal/net.x.random_1`, `rows/tags`, `weights/tags`, `ids/item_id`. The signs differ because
 * a history may be called `label` or `scalar`, and no name of a spec has a `/`.
 */
export const inputNames = {
  feature: (feature: string): string => feature,
  field: (history: string, feature: string): string => `${history}.${feature}`,
  /** The ids of a feature's input, even if that input is fed row numbers of the batch's table. */
  ids: (input: string): string => `ids/${input}`,
  /** For each value of the sets of an input, the number of its row. */
  rowOf: (set: string): string => `rows/${set}`,
  /** f32 [1]: the weight of each value of the sets of an input. */
  weightOf: (set: string): string => `weights/${set}`,
  label: (label: string): string => `label/${label}`,
  present: (label: string): string => `present/${label}`,
  weight: (label: string): string => `weight/${label}`,
  /** f32, uniform in [0, 1). */
  noise: (layer: string): string => `noise/${layer}`,
  /** f32 of a distribution, which is in the name because the numbers depend on it. */
  random: (distribution: Distribution, layer: string): string => `${distribution}/${layer}`,
  /** i32, one a row: a random order of the rows, or of a share of the steps of each history. */
  order: (layer: string, share?: number): string =>
    share === undefined ? `order/${layer}` : `order/${layer}/${share}`,
  /** i32, steps of the axis: the numbers of examples. */
  batch: (axis: string): string => `batch/${axis}`,
  /** i32, once [n]: the ids that a layer draws. */
  drawn: (layer: string): string => `drawn/${layer}`,
  /** f32, once [n, 1] */
  drawProbability: (layer: string): string => `probability/${layer}`,
  scalar: (scalar: string): string => `scalar/${scalar}`,
  computed: (node: string): string => `computed/${node}`,
} as const;

/** An input with a role, named by it. */
export function inputOf(role: InputRole, type: TensorType): InputAttributes {
  return { name: inputName(role), type, role };
}

export function inputName(role: InputRole): string {
  switch (role.kind) {
    case "feature":
      return role.history === null
        ? inputNames.feature(role.feature)
        : inputNames.field(role.history, role.feature);
    case "drawn":
      return inputNames.drawn(role.of);
    case "draw_probability":
      return inputNames.drawProbability(role.of);
    case "ids":
      return inputNames.ids(role.input);
    case "owner":
      return inputNames.rowOf(role.of);
    case "value_weight":
      return inputNames.weightOf(role.of);
    case "label":
      return inputNames.label(role.of);
    case "present":
      return inputNames.present(role.of);
    case "weight":
      return inputNames.weight(role.of);
    case "scalar":
      return inputNames.scalar(role.of);
    case "noise":
      return inputNames.noise(role.of);
    case "random":
      return inputNames.random(role.distribution, role.of);
    case "permutation":
      return inputNames.order(role.of, role.share);
    case "batch":
    case "candidates":
      return inputNames.batch(role.of);
    case "body":
      return role.of;
    case "computed":
      return inputNames.computed(role.of);
    default:
      return unreachable(role, "input role");
  }
}
