// Sum over a list.

import { ONCE, sizeOf } from "../graph/graph.ts";
import type { NoAttributes, OpDefinition } from "./define-op.ts";
import { flopsOfReduction } from "./support/flops.ts";
import { listCall, listOf, onlyList } from "./support/lists.ts";
import * as onnx from "./support/onnx.ts";
import { filled } from "./support/references.ts";
import { f32 } from "./support/shapes.ts";
import { axisOf, sum } from "./support/tensorflow.ts";
import { unlessEmpty } from "./support/tfjs.ts";

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
  flops: flopsOfReduction,
  gradient: ({ graph, inputs, gradient }) => [
    graph.add("spread", [gradient], { times: listOf("sum_list", inputs[0]!).length }),
  ],
  lower: {
    onnx: (emit, [x], { output: out }) => onnx.reduce(emit, "ReduceSum", x!, axisOf(out, 0), false),
    tensorflow: (emit, [x], { output: out }) => sum(emit, x!, axisOf(out, 0), false),
    tfjs: unlessEmpty(({ tf, output: out }, [x]) => tf.sum(x!, axisOf(out, 0))),
    typescript: ({ inputs }) => listCall("sumSteps", onlyList("sum_list", inputs)),
  },
  samples: ({ each, steps }) =>
    [f32(each, [4, 3]), f32(steps, [4, 3]), f32(ONCE, [4, 3]), f32(each, [1, 2]), f32(each, [3, 2, 2])].map(
      (x) => ({ attributes: {}, inputs: [x] }),
    ),
};
