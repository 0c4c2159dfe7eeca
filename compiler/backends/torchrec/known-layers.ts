// Layers that a package has a module for: what it is called with, and which ops the function makes of it. A
// layer whose nodes are others, because some are shared with another part of the network, is written out
// instead.

import type { OpName } from "../../middle/graph/attributes.ts";

export interface KnownLayer {
  /** Of `runtime/torchrec/layers.py`. */
  readonly module: string;
  /** Names of its parameters and statistics. */
  readonly parameters: readonly string[];
  /** Dims of its first parameter are what the module is called with. */
  readonly ops: readonly OpName[];
}

const STANDARDIZED: readonly OpName[] = [
  "batch_mean",
  "subtract",
  "multiply",
  "batch_mean",
  "add",
  "sqrt",
  "divide",
];

/** By the function's name. Ops as in a list's layer, without `broadcast_list`, `sum_list` and what counts the list. */
export const knownLayers: Readonly<Record<string, KnownLayer>> = {
  dense: { module: "Dense", parameters: ["kernel", "bias"], ops: ["matmul", "add"] },
  linear: { module: "Linear", parameters: ["kernel"], ops: ["matmul"] },
  bias: { module: "Bias", parameters: ["bias"], ops: ["add"] },
  prelu: {
    module: "Prelu",
    parameters: ["alpha"],
    ops: ["negate", "relu", "multiply", "relu", "subtract"],
  },
  dice: {
    module: "Dice",
    parameters: ["alpha", "mean", "variance"],
    ops: [...STANDARDIZED, "multiply", "sigmoid", "subtract", "multiply", "add", "multiply"],
  },
  batch_norm: {
    module: "BatchNorm",
    parameters: ["gamma", "beta", "mean", "variance"],
    ops: [...STANDARDIZED, "multiply", "add"],
  },
  layer_norm: {
    module: "LayerNorm",
    parameters: ["gamma", "beta"],
    ops: [
      ...["sum_width", "divide", "subtract", "multiply", "sum_width", "divide", "add", "sqrt", "divide"],
      ...["multiply", "multiply", "add"],
    ] as OpName[],
  },
};

/** The library's block `gru`, which recurrence.py has as a module: what stays of it, and what its scan does in each step. */
export const knownGru = {
  module: "Gru",
  block: "gru",
  /** Whose first dense layer has the widths of both. */
  gate: "gru_cell.reset",
  parameters: ["reset", "update", "candidate"].flatMap((gate) =>
    ["dense_1", "dense_2"].flatMap((layer) => [`${gate}.${layer}.kernel`, `${gate}.${layer}.bias`]),
  ),
  ops: ["matmul", "add", "matmul", "add", "matmul", "add", "scan"] satisfies OpName[],
  step: [
    ...[
      "matmul",
      "add",
      "add",
      "sigmoid",
      "matmul",
      "add",
      "add",
      "sigmoid",
      "matmul",
      "add",
      "multiply",
      "add",
      "tanh",
    ],
    ...["multiply", "subtract", "multiply", "add"],
  ] as readonly OpName[],
} as const;

/** The names of all of them as classes. */
export const knownModules: ReadonlySet<string> = new Set([
  knownGru.module,
  ...Object.values(knownLayers).map(({ module }) => module),
]);

/**
 * Whether a layer's nodes, constants left aside, are those of the function. Over a list the batch's means are
 * of its elements too.
 */
export function makes({ ops }: KnownLayer, made: readonly OpName[]): boolean {
  const found: OpName[] = [];
  made.forEach((op, i) => {
    const overList = op === "sum_list" || (op === "divide" && made[i - 1] === "sum_list");
    if (op !== "broadcast_list" && !overList) found.push(op);
  });
  return found.length === ops.length && found.every((op, i) => op === ops[i]);
}
