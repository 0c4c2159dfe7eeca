// Sum over a list.

import type { NoAttributes } from "../graph/attributes.ts";
import type { OpDefinition } from "../graph/define-op.ts";
import { ONCE, sizeOf } from "../graph/types.ts";
import { flopsOfReduction } from "./support/flops.ts";
import { listOf, onlyList } from "./support/lists.ts";
import { filled } from "./support/references.ts";
import { f32 } from "./support/shapes.ts";

export const sumList: OpDefinition<NoAttributes> = {
  name: "sum_list",
  doc: "Sum of the items of x [n, ..]: [..].",
  shape: (inputs) => {
    const { type, item } = onlyList("sum_list", inputs);
    return f32(type.rows, item);
  },
  reference: ([x], { inputs, output: out }, layout) => {
    const size = sizeOf(out.dims);
    const list = sizeOf(inputs[0]!.dims);
    const sums = filled(out, layout);
    x!.forEach((value, i) => {
      const at = Math.floor(i / list) * size + (i % size);
      sums[at] = sums[at]! + value;
    });
    return sums;
  },
  byRow: true,
  flops: flopsOfReduction,
  gradient: ({ graph, inputs, gradient }) => [
    graph.add("broadcast_list", [gradient], { times: listOf("sum_list", inputs[0]!).length }),
  ],
  samples: ({ each, steps }) =>
    [f32(each, [4, 3]), f32(steps, [4, 3]), f32(ONCE, [4, 3]), f32(each, [1, 2]), f32(each, [3, 2, 2])].map(
      (x) => ({ attributes: {}, inputs: [x] }),
    ),
};
