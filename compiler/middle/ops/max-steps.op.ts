// Maximum over a history: max pooling.

import type { NoAttributes } from "../graph/attributes.ts";
import type { OpDefinition } from "../graph/define-op.ts";
import { sizeOf } from "../graph/types.ts";
import { stepsOf } from "./repeat.op.ts";
import { flopsOfReduction } from "./support/flops.ts";
import { scalar } from "./support/gradients.ts";
import { filled } from "./support/references.ts";
import { eachOf, f32, onlyInput, requireFloat } from "./support/shapes.ts";

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
    // Uses at least 1 as the divisor, for empty histories; their share reaches no step.
    const ties = graph.add("sum_steps", [largest], {});
    const share = graph.add(
      "divide",
      [gradient, graph.add("maximum", [ties, scalar(graph, 1, ties)], {})],
      {},
    );
    return [graph.add("multiply", [largest, graph.add("repeat", [share], { history })], {})];
  },
  samples: ({ steps }) => [[1], [4], [2, 3]].map((dims) => ({ attributes: {}, inputs: [f32(steps, dims)] })),
};
