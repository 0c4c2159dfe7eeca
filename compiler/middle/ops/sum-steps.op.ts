// Sum over a history: the last operation of attention and of sum pooling.

import type { NoAttributes } from "../graph/attributes.ts";
import type { OpDefinition } from "../graph/define-op.ts";
import { sizeOf } from "../graph/types.ts";
import { stepsOf } from "./repeat.op.ts";
import { flopsOfReduction } from "./support/flops.ts";
import { filled } from "./support/references.ts";
import { eachOf, f32, onlyInput, requireFloat } from "./support/shapes.ts";

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
  samples: ({ steps }) => [[1], [4], [2, 3]].map((dims) => ({ attributes: {}, inputs: [f32(steps, dims)] })),
};
