// Length of a history.

import { call } from "../backends/typescript/lowering.ts";
import type { Per, StepsRows } from "../graph/graph.ts";
import type { OpDefinition } from "./define-op.ts";
import { noFlops } from "./support/flops.ts";
import * as onnx from "./support/onnx.ts";
import { filled } from "./support/references.ts";
import { eachOf, f32, inputsOf } from "./support/shapes.ts";
import { FLOAT, INT, shapeOf, stepsReduce } from "./support/tensorflow.ts";
import { scatterSum, tensorShape, unlessEmpty, zerosOut } from "./support/tfjs.ts";
import { count, output } from "./support/typescript.ts";

export interface CountStepsAttributes {
  readonly history: string;
  readonly per: Per;
}

export const countSteps: OpDefinition<CountStepsAttributes> = {
  name: "count_steps",
  doc: "How many steps of `history` each row has, as f32: each [1].",
  shape: (inputs, attributes) => {
    inputsOf("count_steps", inputs, 0);
    return f32(eachOf(counted(attributes)), [1]);
  },
  reference: (_, { attributes, output: out }, layout) => {
    const counts = filled(out, layout);
    for (const row of layout.segments(counted(attributes))) counts[row] = counts[row]! + 1;
    return counts;
  },
  flops: noFlops,
  gradient: () => [],
  lower: {
    onnx: (emit, _, { attributes, output: out }) =>
      onnx.expand(emit, onnx.toFloat(emit, emit.stepCount(counted(attributes))), out),
    tensorflow: (emit, _, { attributes }) => {
      const rows = counted(attributes);
      const ones = emit.node("Fill", [shapeOf(emit, rows, [1]), emit.floats([1], [])], {
        T: FLOAT,
        index_type: INT,
      });
      return stepsReduce(emit, "UnsortedSegmentSum", ones, rows);
    },
    tfjs: unlessEmpty((context) => {
      const rows = counted(context.attributes);
      const steps = context.count(rows);
      if (steps === 0) return zerosOut(context);
      const shape = tensorShape(context, context.output);
      return scatterSum(context, context.tf.ones([steps, 1]), context.segments(rows), shape);
    }),
    typescript: ({ attributes, output: out }) =>
      call("countSteps", output, count(out.rows), count(counted(attributes))),
  },
  samples: ({ steps: { history, per } }) => [{ attributes: { history, per }, inputs: [] }],
};

function counted({ history, per }: CountStepsAttributes): StepsRows {
  return { kind: "steps", per, history };
}
