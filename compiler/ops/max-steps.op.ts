// Maximum over a history: max pooling.

import { sizeOf } from "../graph/graph.ts";
import type { NoAttributes, OpDefinition } from "./define-op.ts";
import { stepsOf } from "./repeat.op.ts";
import { flopsOfReduction } from "./support/flops.ts";
import { scalar } from "./support/gradients.ts";
import * as onnx from "./support/onnx.ts";
import { filled } from "./support/references.ts";
import { eachOf, f32, onlyInput, requireFloat } from "./support/shapes.ts";
import { FLOAT, select, stepsReduce } from "./support/tensorflow.ts";
import { LOWEST, largestStep, unlessEmpty, zerosOut } from "./support/tfjs.ts";
import { stepsCall } from "./support/typescript.ts";

export const maxSteps: OpDefinition<NoAttributes> = {
  name: "max_steps",
  doc: "Largest x [..] over the steps of each row: each [..]; 0 where a history is empty. Steps that tie share the gradient evenly.",
  shape: (inputs) => {
    const x = onlyInput("max_steps", inputs);
    requireFloat("max_steps", x);
    return f32(eachOf(stepsOf(x)), x.dims);
  },
  reference: ([x], { inputs, output }, layout) => {
    const size = sizeOf(output.dims);
    const segments = layout.segments(stepsOf(inputs[0]!));
    const out = filled(output, layout, Number.NEGATIVE_INFINITY);
    x!.forEach((value, i) => {
      const at = segments[Math.floor(i / size)]! * size + (i % size);
      out[at] = Math.max(out[at]!, value);
    });
    return out.map((value) => (value === Number.NEGATIVE_INFINITY ? 0 : value));
  },
  flops: flopsOfReduction,
  gradient: ({ graph, inputs, inputIds: [x], outputId, gradient }) => {
    const { history } = stepsOf(inputs[0]!);
    const largest = graph.add("equal", [x!, graph.add("repeat", [outputId], { history })], {});
    // At least 1, so that an empty history divides by something: its share reaches no step.
    const ties = graph.add("sum_steps", [largest], {});
    const share = graph.add(
      "divide",
      [gradient, graph.add("maximum", [ties, scalar(graph, 1, ties)], {})],
      {},
    );
    return [graph.add("multiply", [largest, graph.add("repeat", [share], { history })], {})];
  },
  lower: {
    onnx: (emit, [x], { inputs: [type] }) => {
      const view = onnx.stepView(emit, stepsOf(type!));
      const least = view.filled(LOWEST, emit.ints([1]), type!.dims);
      const steps = onnx.concat(emit, [least, view.view(x!, type!.dims)], view.axis);
      return onnx.zeroIfLowest(emit, view.reduce("ReduceMax", steps));
    },
    tensorflow: (emit, [x], { inputs }) => {
      const steps = stepsOf(inputs[0]!);
      const ofNumbers = stepsReduce(emit, "UnsortedSegmentMax", x!, steps);
      // TensorFlow passes over what is not a number; here it counts as the largest.
      const isNone = emit.node("IsNan", [x!], { T: FLOAT });
      const none = select(emit, isNone, emit.floats([1], []), emit.floats([0], []));
      const hasNone = stepsReduce(emit, "UnsortedSegmentMax", none, steps);
      const anyNone = emit.node("Greater", [hasNone, emit.floats([0], [])], { T: FLOAT });
      const largest = select(emit, anyNone, emit.floats([Number.NaN], []), ofNumbers);
      // The largest of nothing is the lowest float (or −∞ under XLA).
      const empty = emit.node("LessEqual", [largest, emit.floats([LOWEST], [])], { T: FLOAT });
      return select(emit, empty, emit.floats([0], []), largest);
    },
    tfjs: unlessEmpty((context, [x]) =>
      x!.size === 0
        ? zerosOut(context)
        : largestStep(context, x!, stepsOf(context.inputs[0]!), context.output.dims, 0),
    ),
    typescript: ({ inputs }) => stepsCall("maxSteps", inputs[0]!),
  },
  samples: ({ steps }) => [[1], [4], [2, 3]].map((dims) => ({ attributes: {}, inputs: [f32(steps, dims)] })),
};
