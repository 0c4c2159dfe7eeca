// Puts a row's value at its last step: the candidate at the end of a history.

import { invariant } from "../../common/internal-error.ts";
import type { ScatterLastStepAttributes } from "../graph/attributes.ts";
import type { OpDefinition } from "../graph/define-op.ts";
import { sizeOf } from "../graph/types.ts";
import { stepsOf } from "./repeat.op.ts";
import { noFlops } from "./support/flops.ts";
import { filled, stepsByRow } from "./support/references.ts";
import { describeType, f32, onlyInput, requireFloat } from "./support/shapes.ts";

export const scatterLastStep: OpDefinition<ScatterLastStepAttributes> = {
  name: "scatter_last_step",
  hashedAs: "place_last",
  doc: "x [..] of each row at the last of its steps in `history`, 0 at all others: steps [..].",
  shape: (inputs, { history }) => {
    const x = onlyInput("scatter_last_step", inputs);
    requireFloat("scatter_last_step", x);
    invariant(x.rows.kind === "each", `scatter_last_step of ${describeType(x)}`);
    return f32({ kind: "steps", per: x.rows.per, history }, x.dims);
  },
  reference: ([x], { output: out }, layout) => {
    const size = sizeOf(out.dims);
    const result = filled(out, layout);
    stepsByRow(stepsOf(out), layout).forEach((steps, row) => {
      const last = steps.at(-1);
      if (last !== undefined) result.set(x!.subarray(row * size, (row + 1) * size), last * size);
    });
    return result;
  },
  movesRows: true,
  flops: noFlops,
  gradient: ({ graph, gradient }) => [graph.add("last_step", [gradient], {})],
  samples: ({ each, steps: { history } }) =>
    [[1], [4], [2, 3]].map((dims) => ({ attributes: { history }, inputs: [f32(each, dims)] })),
};
