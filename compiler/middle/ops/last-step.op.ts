// The latest step of a history.

import type { NoAttributes } from "../graph/attributes.ts";
import type { OpDefinition } from "../graph/define-op.ts";
import { sizeOf } from "../graph/types.ts";
import { stepsOf } from "./repeat.op.ts";
import { noFlops } from "./support/flops.ts";
import { filled, stepsByRow } from "./support/references.ts";
import { eachOf, f32, onlyInput, requireFloat } from "./support/shapes.ts";

export const lastStep: OpDefinition<NoAttributes> = {
  name: "last_step",
  doc: "x [..] of the last step of each row: each [..]; 0 where a history is empty.",
  shape: (inputs) => {
    const x = onlyInput("last_step", inputs);
    requireFloat("last_step", x);
    return f32(eachOf(stepsOf(x)), x.dims);
  },
  reference: ([x], { inputs, output: out }, layout) => {
    const size = sizeOf(out.dims);
    const result = filled(out, layout);
    stepsByRow(stepsOf(inputs[0]!), layout).forEach((steps, row) => {
      const last = steps.at(-1);
      if (last !== undefined) result.set(x!.subarray(last * size, (last + 1) * size), row * size);
    });
    return result;
  },
  flops: noFlops,
  gradient: ({ graph, inputs, gradient }) => [
    graph.add("scatter_last_step", [gradient], { history: stepsOf(inputs[0]!).history }),
  ],
  samples: ({ steps }) => [[1], [4], [2, 3]].map((dims) => ({ attributes: {}, inputs: [f32(steps, dims)] })),
};
