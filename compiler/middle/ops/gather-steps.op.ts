// Steps by index, such as those that a search chose.

import { invariant } from "../../common/internal-error.ts";
import type { NoAttributes } from "../graph/attributes.ts";
import type { OpDefinition } from "../graph/define-op.ts";
import type { EachRows, StepsRows, TensorType } from "../graph/types.ts";
import { stepsOf } from "./repeat.op.ts";
import { noFlops } from "./support/flops.ts";
import { filled, stepsByRow } from "./support/references.ts";
import { describeType, eachOf, f32, inputsOf, requireFloat } from "./support/shapes.ts";

/** Checks x (steps, [d]) and indices [n, 1] of the same rows, or of a request's steps for each candidate. */
export function indexedSteps(
  op: string,
  x: TensorType,
  places: TensorType,
): { readonly steps: StepsRows; readonly rows: EachRows; readonly length: number; readonly width: number } {
  const steps = stepsOf(x);
  const { rows, dims } = places;
  const misfit = `${op} of ${describeType(x)} at ${describeType(places)}`;
  requireFloat(op, x, places);
  invariant(rows.kind === "each" && x.dims.length === 1 && dims.length === 2 && dims[1] === 1, misfit);
  invariant(rows.per === steps.per || (rows.per === "candidate" && steps.per === "request"), misfit);
  return { steps, rows, length: dims[0]!, width: x.dims[0]! };
}

export const gatherSteps: OpDefinition<NoAttributes> = {
  name: "gather_steps",
  doc: "For each row, the steps of x [d] at the positions [n, 1], counted from 1, and 0 for the position 0: [n, d]. Positions of candidates may refer to the steps of their request.",
  shape: (inputs) => {
    const [x, places] = inputsOf("gather_steps", inputs, 2) as readonly [TensorType, TensorType];
    const { rows, length, width } = indexedSteps("gather_steps", x, places);
    return f32(rows, [length, width]);
  },
  reference: ([x, places], { inputs, output }, layout) => {
    const [type, at] = inputs as readonly [TensorType, TensorType];
    const { steps, rows, length, width } = indexedSteps("gather_steps", type, at);
    const byRow = stepsByRow(steps, layout);
    const out = filled(output, layout);
    places!.map(Math.round).forEach((place, i) => {
      const row = rows.per === steps.per ? Math.floor(i / length) : 0;
      if (place > 0) {
        const step = byRow[row]![place - 1]!;
        out.set(x!.subarray(step * width, (step + 1) * width), i * width);
      }
    });
    return out;
  },
  flops: noFlops,
  gradient: ({ graph, inputs, inputIds, gradient }) => {
    const { steps } = indexedSteps("gather_steps", inputs[0]!, inputs[1]!);
    return [graph.add("scatter_steps", [gradient, inputIds[1]!], { history: steps.history }), null];
  },
  samples: ({ steps }) =>
    [1, 4, 6].flatMap((width) =>
      [2, 5].map((length) => ({
        attributes: {},
        inputs: [f32(steps, [width]), f32(eachOf(steps), [length, 1])],
        places: [1],
      })),
    ),
};
