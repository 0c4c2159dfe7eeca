// Maximum over a list.

import type { NoAttributes } from "../graph/attributes.ts";
import type { OpDefinition } from "../graph/define-op.ts";
import { ONCE, sizeOf } from "../graph/types.ts";
import { flopsOfReduction } from "./support/flops.ts";
import { listOf, onlyList } from "./support/lists.ts";
import { filled } from "./support/references.ts";
import { f32 } from "./support/shapes.ts";

export const maxList: OpDefinition<NoAttributes> = {
  name: "max_list",
  doc: "Largest of the items of x [n, ..], for each number of the dims by itself: [..]. Items that tie share the gradient evenly.",
  shape: (inputs) => {
    const { type, item } = onlyList("max_list", inputs);
    return f32(type.rows, item);
  },
  reference: ([x], { inputs, output: out }, layout) => {
    const size = sizeOf(out.dims);
    const list = sizeOf(inputs[0]!.dims);
    const largest = filled(out, layout, Number.NEGATIVE_INFINITY);
    x!.forEach((value, i) => {
      const at = Math.floor(i / list) * size + (i % size);
      largest[at] = Math.max(largest[at]!, value);
    });
    return largest;
  },
  byRow: true,
  flops: flopsOfReduction,
  gradient: ({ graph, inputs, inputIds: [x], outputId, gradient }) => {
    const times = listOf("max_list", inputs[0]!).length;
    const largest = graph.add("equal", [x!, graph.add("broadcast_list", [outputId], { times })], {});
    const share = graph.add("divide", [gradient, graph.add("sum_list", [largest], {})], {});
    return [graph.add("multiply", [largest, graph.add("broadcast_list", [share], { times })], {})];
  },
  samples: ({ each, steps }) =>
    [f32(each, [4, 3]), f32(steps, [4, 3]), f32(ONCE, [4, 3]), f32(each, [1, 2]), f32(each, [3, 2, 2])].map(
      (x) => ({ attributes: {}, inputs: [x] }),
    ),
};
