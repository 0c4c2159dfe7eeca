// Softmax over a list: gates, attention over fields.

import { largest } from "../../common/arrays.ts";
import type { NoAttributes } from "../graph/attributes.ts";
import type { OpDefinition } from "../graph/define-op.ts";
import { ONCE, sizeOf } from "../graph/types.ts";
import { flopsPerOutput } from "./support/flops.ts";
import { listOf, onlyList } from "./support/lists.ts";
import { filled } from "./support/references.ts";
import { f32 } from "./support/shapes.ts";

export const softmaxList: OpDefinition<NoAttributes> = {
  name: "softmax_list",
  doc: "exp(x) over its sum, x [n, ..], within the items of each row and for each number of their dims by itself: [n, ..].",
  shape: (inputs) => onlyList("softmax_list", inputs).type,
  reference: ([x], { output: out }, layout) => {
    const { length, item } = listOf("softmax_list", out);
    const size = sizeOf(item);
    const result = filled(out, layout);
    for (let first = 0; first < x!.length; first += length * size)
      for (let j = 0; j < size; j++) {
        const at = Array.from({ length }, (_, k) => first + k * size + j);
        const most = largest(at.map((i) => x![i]!));
        const exponentials = at.map((i) => Math.exp(x![i]! - most));
        const total = exponentials.reduce((a, b) => a + b, 0);
        at.forEach((i, k) => {
          result[i] = exponentials[k]! / total;
        });
      }
    return result;
  },
  // Largest, difference, exp, sum, quotient.
  byRow: true,
  flops: flopsPerOutput(5),
  gradient: ({ graph, inputs, outputId, gradient }) => {
    const times = listOf("softmax_list", inputs[0]!).length;
    const weighted = graph.add("multiply", [gradient, outputId], {});
    const mean = graph.add("broadcast_list", [graph.add("sum_list", [weighted], {})], { times });
    return [graph.add("multiply", [outputId, graph.add("subtract", [gradient, mean], {})], {})];
  },
  samples: ({ each, steps }) => [
    ...[
      f32(each, [4, 3]),
      f32(steps, [4, 1]),
      f32(ONCE, [4, 3]),
      f32(each, [1, 2]),
      f32(each, [3, 2, 2]),
    ].map((x) => ({ attributes: {}, inputs: [x] })),
    { attributes: {}, inputs: [f32(each, [3, 2])], range: [-200, 200] },
  ],
};
