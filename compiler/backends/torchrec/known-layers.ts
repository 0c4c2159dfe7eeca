// Layers with a module in the package: its arguments, and the ops that the function makes. If a layer has
// other nodes, because some are shared with another part of the network, it is written out instead.

import type { OpName } from "../../middle/graph/attributes.ts";

export interface KnownLayer {
  /** A class of `runtime/torchrec/layers.py`. */
  readonly module: string;
  /** Names of its parameters and statistics. */
  readonly parameters: readonly string[];
  /** Its arguments are the dims of its first parameter. */
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

/**
 * By the function's name. The ops are those of a list's layer, without `broadcast_list`, `sum_list` and the
 * count of the list.
 */
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

/**
 * The library's block `gru`, which is a module in recurrence.py: the nodes that remain, and those of its scan
 * in each step.
 */
export const knownGru = {
  module: "Gru",
  block: "gru",
  /** The part whose first dense layer has both widths. */
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

/** The class names of all modules. */
export const knownModules: ReadonlySet<string> = new Set([
  knownGru.module,
  ...Object.values(knownLayers).map(({ module }) => module),
]);

/**
 * Tells whether a layer's nodes, apart from constants, are those of the function. Over a list, batch means
 * are over its elements too.
 */
export function makes({ ops }: KnownLayer, made: readonly OpName[]): boolean {
  const found: OpName[] = [];
  made.forEach((op, i) => {
    const overList = op === "sum_list" || (op === "divide" && made[i - 1] === "sum_list");
    if (op !== "broadcast_list" && !overList) found.push(op);
  });
  return found.length === ops.length && found.every((op, i) => op === ops[i]);
}
