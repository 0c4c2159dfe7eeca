// The logarithm of a softmax's denominator over all rows of a table, or of the batch: one product for each pair of a row and a key, none
// of which is kept.

import { largest } from "../../common/arrays.ts";
import { invariant } from "../../common/internal-error.ts";
import type { NoAttributes } from "../graph/attributes.ts";
import type { FlopsRule, OpDefinition, SampleSpaces } from "../graph/define-op.ts";
import { sameRows, type TensorType } from "../graph/types.ts";
import { dot } from "./support/attention-reference.ts";
import { filled } from "./support/references.ts";
import { describeType, f32, inputsOf, requireFloat, sameDims } from "./support/shapes.ts";

/** Throws unless these are vectors of one width that rows have, and a number for each key. */
export function requireKeys(op: string, x: TensorType, keys: TensorType, bias?: TensorType): void {
  const all = [x, keys, ...(bias === undefined ? [] : [bias])];
  requireFloat(op, ...all);
  const fits = x.dims.length === 1 && sameDims(x.dims, keys.dims) && sameDims(bias?.dims ?? [1], [1]);
  const haveRows = all.every(({ rows }) => rows.kind !== "once");
  // Tables of one feature have equally many rows.
  const isAlike = bias === undefined || bias.rows.kind === "table" || sameRows(bias.rows, keys.rows);
  invariant(fits && haveRows && isAlike, `${op} of ${all.map(describeType).join(" and ")}`);
}

/** `each` operations for each number of each pair, and five for its exponential. */
export function flopsOfPairs(each: number): FlopsRule<unknown> {
  return ({ inputs: [x, keys] }, count) => count(x!.rows) * count(keys!.rows) * (each * x!.dims[0]! + 5);
}

/** Rows and keys of samples: those of tables, of examples and of steps. Some keys have a bias. */
export function pairsOf({
  each,
  steps,
  table,
}: SampleSpaces): (readonly [x: TensorType, keys: TensorType, bias?: TensorType])[] {
  // Only training sees all rows.
  if (each.per !== "example") return [];
  return [
    [f32(each, [3]), f32(table, [3])],
    [f32(steps, [5]), f32(table, [5])],
    [f32(each, [1]), f32(each, [1])],
    [f32(steps, [4]), f32(each, [4])],
    [f32(each, [4]), f32(steps, [4]), f32(steps, [1])],
    [f32(steps, [6]), f32(steps, [6])],
  ];
}

/** The types without a bias that is absent. */
export function withoutAbsent(types: readonly (TensorType | undefined)[]): readonly TensorType[] {
  return types.filter((type) => type !== undefined);
}

export const logPartition: OpDefinition<NoAttributes> = {
  name: "log_partition",
  doc: "log Σ exp(x · k + b) over all rows k [d] of the keys, for each row x [d]: [1]; 0 where there are no keys. The keys have rows of their own, such as all rows of a table, and may have a bias b [1].",
  shape: (inputs) => {
    const [x, keys, bias] = inputsOf("log_partition", inputs, Math.max(2, Math.min(inputs.length, 3)));
    requireKeys("log_partition", x!, keys!, bias);
    return f32(x!.rows, [1]);
  },
  reference: ([x, keys, bias], { inputs: [type, ofKeys], output }, layout) => {
    const width = type!.dims[0]!;
    const count = layout.count(ofKeys!.rows);
    return filled(output, layout).map((_, row) => {
      if (count === 0) return 0;
      const scores = Array.from(
        { length: count },
        (_, k) => dot(x!, row * width, keys!, k * width, width) + (bias?.[k] ?? 0),
      );
      const most = largest(scores);
      return most + Math.log(scores.reduce((sum, score) => sum + Math.exp(score - most), 0));
    });
  },
  flops: flopsOfPairs(2),
  gradient: ({ graph, inputIds: [x, keys, ...bias], outputId, gradient }) =>
    (["x", "keys", "bias"] as const)
      .slice(0, 2 + bias.length)
      .map((of) => graph.add("log_partition_gradient", [x!, keys!, outputId, gradient, ...bias], { of })),
  samples: (spaces) => [
    ...pairsOf(spaces).map((inputs) => ({ attributes: {}, inputs: withoutAbsent(inputs) })),
    ...pairsOf(spaces)
      .slice(0, 1)
      .map((inputs) => ({ attributes: {}, inputs: withoutAbsent(inputs), range: [-9, 9] as const })),
  ],
};
