// Softmax over a list: gates, attention over fields.

import { largest } from "../arrays.ts";
import { ONCE, sizeOf } from "../graph/graph.ts";
import type { NoAttributes, OpDefinition } from "./define-op.ts";
import { flopsPerOutput } from "./support/flops.ts";
import { largestAlong, listCall, listOf, onlyList } from "./support/lists.ts";
import * as onnx from "./support/onnx.ts";
import { filled } from "./support/references.ts";
import { f32 } from "./support/shapes.ts";
import { axisOf, FLOAT, sum } from "./support/tensorflow.ts";
import { unlessEmpty } from "./support/tfjs.ts";

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
  flops: flopsPerOutput(5),
  gradient: ({ graph, inputs, outputId, gradient }) => {
    const times = listOf("softmax_list", inputs[0]!).length;
    const weighted = graph.add("multiply", [gradient, outputId], {});
    const mean = graph.add("spread", [graph.add("sum_list", [weighted], {})], { times });
    return [graph.add("multiply", [outputId, graph.add("subtract", [gradient, mean], {})], {})];
  },
  lower: {
    onnx: (emit, [x], { output: out }) => emit.node("Softmax", [x!], { axis: onnx.int(axisOf(out, 0)) }),
    tensorflow: (emit, [x], { output: out }) => {
      const axis = axisOf(out, 0);
      const shifted = emit.node("Sub", [x!, largestAlong(emit, x!, axis, true)], { T: FLOAT });
      const exponentials = emit.node("Exp", [shifted], { T: FLOAT });
      return emit.node("RealDiv", [exponentials, sum(emit, exponentials, axis, true)], { T: FLOAT });
    },
    tfjs: unlessEmpty(({ tf, output: out }, [x]) => {
      const axis = axisOf(out, 0);
      const exponentials = tf.exp(tf.sub(x!, tf.max(x!, axis, true)));
      return tf.div(exponentials, tf.sum(exponentials, axis, true));
    }),
    typescript: ({ inputs }) => listCall("softmaxSteps", onlyList("softmax_list", inputs)),
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
