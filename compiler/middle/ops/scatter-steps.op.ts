// The gradient of `gather_steps`.

import { invariant } from "../../common/internal-error.ts";
import type { RepeatAttributes } from "../graph/attributes.ts";
import type { OpDefinition } from "../graph/define-op.ts";
import { sameRows, type TensorType } from "../graph/types.ts";
import { stepsOf } from "./repeat.op.ts";
import { noFlops } from "./support/flops.ts";
import { filled, stepsByRow } from "./support/references.ts";
import { describeType, f32, inputsOf, requireFloat, sameDims } from "./support/shapes.ts";

export const scatterSteps: OpDefinition<RepeatAttributes> = {
  name: "scatter_steps",
  doc: "Items of x [n, d] at the steps with the positions [n, 1], counted from 1, each at most once in a row; 0 at all other steps: [d]. Items at the position 0 are dropped.",
  shape: (inputs, { history }) => {
    const [x, places] = inputsOf("scatter_steps", inputs, 2) as readonly [TensorType, TensorType];
    requireFloat("scatter_steps", x, places);
    const { rows } = x;
    const fits =
      rows.kind === "each" && sameRows(rows, places.rows) && sameDims(places.dims, [x.dims[0]!, 1]);
    invariant(fits && x.dims.length === 2, `scatter_steps of ${describeType(x)} at ${describeType(places)}`);
    return f32({ kind: "steps", per: rows.per, history }, [x.dims[1]!]);
  },
  reference: ([x, places], { inputs, output }, layout) => {
    const [length, width] = inputs[0]!.dims as readonly [number, number];
    const out = filled(output, layout);
    const whole = places!.map(Math.round);
    stepsByRow(stepsOf(output), layout).forEach((steps, row) => {
      for (let i = row * length; i < (row + 1) * length; i++)
        if (whole[i]! > 0) out.set(x!.subarray(i * width, (i + 1) * width), steps[whole[i]! - 1]! * width);
    });
    return out;
  },
  flops: noFlops,
  gradient: ({ graph, inputIds, gradient }) => [
    graph.add("gather_steps", [gradient, inputIds[1]!], {}),
    null,
  ],
  samples: ({ each, steps }) =>
    [1, 4, 6].map((width) => ({
      attributes: { history: steps.history },
      inputs: [f32(each, [3, width]), f32(each, [3, 1])],
      places: [1],
    })),
};
