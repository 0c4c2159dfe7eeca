// The gradient of position embeddings.

import { invariant } from "../../common/internal-error.ts";
import type { ScatterPositionsAttributes } from "../graph/attributes.ts";
import type { OpDefinition } from "../graph/define-op.ts";
import { ONCE } from "../graph/types.ts";
import { stepsOf } from "./repeat.op.ts";
import { flopsOfReduction } from "./support/flops.ts";
import { filled, stepsByRow } from "./support/references.ts";
import { describeType, f32, onlyInput, requireFloat } from "./support/shapes.ts";

export const scatterPositions: OpDefinition<ScatterPositionsAttributes> = {
  name: "scatter_positions",
  hashedAs: "sum_by_position",
  doc: "Sum of x, steps [width], over all steps of each position, 0 being that of the last step: once [length, width].",
  shape: (inputs, { length }) => {
    const x = onlyInput("scatter_positions", inputs);
    requireFloat("scatter_positions", x);
    invariant(x.rows.kind === "steps" && x.dims.length === 1, `scatter_positions of ${describeType(x)}`);
    return f32(ONCE, [length, ...x.dims]);
  },
  reference: ([x], { inputs, output: out }, layout) => {
    const width = out.dims[1]!;
    const sums = filled(out, layout);
    for (const steps of stepsByRow(stepsOf(inputs[0]!), layout))
      steps.toReversed().forEach((step, position) => {
        for (let j = 0; j < width; j++)
          sums[position * width + j] = sums[position * width + j]! + x![step * width + j]!;
      });
    return sums;
  },
  sumOverParts: true,
  reducesRows: true,
  flops: flopsOfReduction,
  gradient: ({ graph, inputs, gradient }) => {
    const { history, per } = stepsOf(inputs[0]!);
    return [graph.add("gather_positions", [gradient], { history, per })];
  },
  samples: ({ steps }) =>
    [1, 3].map((width) => ({ attributes: { length: 6 }, inputs: [f32(steps, [width])] })),
};
