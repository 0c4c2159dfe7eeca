// Sum over a history: attention's and sum pooling's last step.

import { sizeOf } from "../graph/graph.ts";
import type { NoAttributes, OpDefinition } from "./define-op.ts";
import { stepsOf } from "./repeat.op.ts";
import { flopsOfReduction } from "./support/flops.ts";
import * as onnx from "./support/onnx.ts";
import { filled } from "./support/references.ts";
import { eachOf, f32, onlyInput, requireFloat } from "./support/shapes.ts";
import { stepsSum } from "./support/tensorflow.ts";
import { scatterSum, tensorShape, unlessEmpty, zerosOut } from "./support/tfjs.ts";
import { stepsCall } from "./support/typescript.ts";

export const sumSteps: OpDefinition<NoAttributes> = {
  name: "sum_steps",
  doc: "Sum of x [..] over the steps of each row: each [..]; 0 where a history is empty.",
  shape: (inputs) => {
    const x = onlyInput("sum_steps", inputs);
    requireFloat("sum_steps", x);
    return f32(eachOf(stepsOf(x)), x.dims);
  },
  reference: ([x], { inputs, output }, layout) => {
    const size = sizeOf(output.dims);
    const segments = layout.segments(stepsOf(inputs[0]!));
    const out = filled(output, layout);
    x!.forEach((value, i) => {
      const at = segments[Math.floor(i / size)]! * size + (i % size);
      out[at] = out[at]! + value;
    });
    return out;
  },
  flops: flopsOfReduction,
  gradient: ({ graph, inputs, gradient }) => [
    graph.add("repeat", [gradient], { history: stepsOf(inputs[0]!).history }),
  ],
  lower: {
    onnx: (emit, [x], { inputs: [type] }) => {
      const view = onnx.stepView(emit, stepsOf(type!));
      return view.reduce("ReduceSum", view.view(x!, type!.dims));
    },
    tensorflow: (emit, [x], { inputs, output: out }) => stepsSum(emit, x!, stepsOf(inputs[0]!), out.dims),
    tfjs: unlessEmpty((context, [x]) =>
      x!.size === 0
        ? zerosOut(context)
        : scatterSum(
            context,
            x!,
            context.segments(stepsOf(context.inputs[0]!)),
            tensorShape(context, context.output),
          ),
    ),
    typescript: ({ inputs }) => stepsCall("sumSteps", inputs[0]!),
  },
  samples: ({ steps }) => [[1], [4], [2, 3]].map((dims) => ({ attributes: {}, inputs: [f32(steps, dims)] })),
};
