// Softmax over a history: normalised attention.

import type { NoAttributes } from "../graph/attributes.ts";
import type { OpDefinition } from "../graph/define-op.ts";
import { sizeOf } from "../graph/types.ts";
import { stepsOf } from "./repeat.op.ts";
import { flopsPerOutput } from "./support/flops.ts";
import { eachOf, f32, onlyInput, requireFloat } from "./support/shapes.ts";

export const softmaxSteps: OpDefinition<NoAttributes> = {
  name: "softmax_steps",
  doc: "exp(x) over its sum, x [..], within the steps of each row and for each number of the dims by itself: steps [..].",
  shape: (inputs) => {
    const x = onlyInput("softmax_steps", inputs);
    requireFloat("softmax_steps", x);
    return f32(stepsOf(x), x.dims);
  },
  reference: ([x], { inputs, output }, layout) => {
    const size = sizeOf(output.dims);
    const rows = stepsOf(inputs[0]!);
    const segments = layout.segments(rows);
    const segmentOf = (i: number) => segments[Math.floor(i / size)]! * size + (i % size);
    const groups = layout.count(eachOf(rows)) * size;
    const largest = new Float64Array(groups).fill(Number.NEGATIVE_INFINITY);
    x!.forEach((value, i) => {
      largest[segmentOf(i)] = Math.max(largest[segmentOf(i)]!, value);
    });
    const exponentials = x!.map((value, i) => Math.exp(value - largest[segmentOf(i)]!));
    const sums = new Float64Array(groups);
    exponentials.forEach((value, i) => {
      sums[segmentOf(i)] = sums[segmentOf(i)]! + value;
    });
    return exponentials.map((value, i) => value / sums[segmentOf(i)]!);
  },
  // Largest, difference, exp, sum, quotient.
  inPlace: true,
  flops: flopsPerOutput(5),
  gradient: ({ graph, inputs, outputId, gradient }) => {
    const { history } = stepsOf(inputs[0]!);
    const weighted = graph.add("multiply", [gradient, outputId], {});
    const mean = graph.add("repeat", [graph.add("sum_steps", [weighted], {})], { history });
    return [graph.add("multiply", [outputId, graph.add("subtract", [gradient, mean], {})], {})];
  },
  samples: ({ steps }) => [
    ...[[1], [4], [2, 3]].map((dims) => ({ attributes: {}, inputs: [f32(steps, dims)] })),
    { attributes: {}, inputs: [f32(steps, [2])], range: [-200, 200] },
  ],
};
