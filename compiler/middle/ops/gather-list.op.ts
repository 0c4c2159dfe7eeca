// Chosen items of a list, such as one side of all pairs, or one field.

import { invariant } from "../../common/internal-error.ts";
import type { GatherListAttributes } from "../graph/attributes.ts";
import type { OpDefinition } from "../graph/define-op.ts";
import { ONCE, sizeOf } from "../graph/types.ts";
import { noFlops } from "./support/flops.ts";
import { listOf, onlyList } from "./support/lists.ts";
import { filled } from "./support/references.ts";
import { describeType, f32 } from "./support/shapes.ts";

export const gatherList: OpDefinition<GatherListAttributes> = {
  name: "gather_list",
  hashedAs: "take",
  doc: "The items of x [n, ..] at `indices`, in their order: [k, ..].",
  shape: (inputs, { indices }) => {
    const { type, length, item } = onlyList("gather_list", inputs);
    const fits = indices.length > 0 && indices.every((index) => 0 <= index && index < length);
    invariant(fits, `take ${indices.join(", ")} of ${describeType(type)}`);
    return f32(type.rows, [indices.length, ...item]);
  },
  reference: ([x], { attributes: { indices }, inputs, output: out }, layout) => {
    const { length, item } = listOf("gather_list", inputs[0]!);
    const size = sizeOf(item);
    return filled(out, layout).map((_, i) => {
      const place = Math.floor(i / size);
      const row = Math.floor(place / indices.length);
      return x![(row * length + indices[place % indices.length]!) * size + (i % size)]!;
    });
  },
  byRow: true,
  flops: noFlops,
  gradient: ({ graph, attributes: { indices }, inputs, gradient }) => [
    graph.add("scatter_list", [gradient], { indices, length: listOf("gather_list", inputs[0]!).length }),
  ],
  samples: ({ each, steps }) => [
    { attributes: { indices: [0, 0, 1, 3] }, inputs: [f32(each, [4, 3])] },
    { attributes: { indices: [3, 2, 1, 0] }, inputs: [f32(steps, [4, 2])] },
    { attributes: { indices: [1] }, inputs: [f32(ONCE, [2, 3])] },
    { attributes: { indices: [1, 0, 1] }, inputs: [f32(each, [2, 2, 2])] },
  ],
};
