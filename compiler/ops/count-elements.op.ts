// Size of a set.

import { call } from "../backends/typescript/lowering.ts";
import type { NoAttributes, OpDefinition } from "./define-op.ts";
import { ownersOf } from "./support/elements.ts";
import { noFlops } from "./support/flops.ts";
import * as onnx from "./support/onnx.ts";
import { filled } from "./support/references.ts";
import { f32, onlyInput } from "./support/shapes.ts";
import { FLOAT, INT, segmentReduce } from "./support/tensorflow.ts";
import { scatterSum, tensorShape, unlessEmpty, zerosOut } from "./support/tfjs.ts";
import { count, input, output } from "./support/typescript.ts";

export const countElements: OpDefinition<NoAttributes> = {
  name: "count_elements",
  doc: "How many values each set has, as f32, from the rows of the values, ascending: rows of the sets [1].",
  shape: (inputs) => f32(ownersOf("count_elements", onlyInput("count_elements", inputs)), [1]),
  reference: ([rowOf], { output: out }, layout) => {
    const counts = filled(out, layout);
    for (const row of rowOf!) counts[row] = counts[row]! + 1;
    return counts;
  },
  flops: noFlops,
  gradient: () => [null],
  lower: {
    onnx: (emit, [rowOf], { inputs, output: out }) =>
      onnx.scatter(emit, "add", 0, onnx.filled(emit, 1, { ...out, rows: inputs[0]!.rows }), rowOf!, out),
    tensorflow: (emit, [rowOf], { output: out }) => {
      const shape = emit.node(
        "Reshape",
        [emit.node("Size", [rowOf!], { T: INT, out_type: INT }), emit.ints([1], [1])],
        {
          T: INT,
          Tshape: INT,
        },
      );
      const ones = emit.node("Fill", [shape, emit.floats([1], [])], { T: FLOAT, index_type: INT });
      const counts = segmentReduce(emit, "UnsortedSegmentSum", ones, rowOf!, emit.count(out.rows));
      return emit.node("Reshape", [counts, emit.ints([-1, 1], [2])], { T: FLOAT, Tshape: INT });
    },
    tfjs: unlessEmpty((context, [rowOf]) => {
      if (rowOf!.size === 0) return zerosOut(context);
      const ones = context.tf.ones([rowOf!.size, 1]);
      return scatterSum(context, ones, rowOf!, tensorShape(context, context.output));
    }),
    typescript: ({ inputs, output: out }) =>
      call("countElements", output, input(0), count(inputs[0]!.rows), count(out.rows)),
  },
  samples: ({ elements }) =>
    elements.map((rows) => ({ attributes: {}, inputs: [{ rows, dims: [], dtype: "i32" }], ascending: [0] })),
};
