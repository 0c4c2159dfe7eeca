// A vector for each position of a history: learned position embeddings.

import { invariant } from "../../common/internal-error.ts";
import type { GatherPositionsAttributes } from "../graph/attributes.ts";
import type { OpDefinition } from "../graph/define-op.ts";
import { ONCE, type StepsRows } from "../graph/types.ts";
import { stepsOf } from "./repeat.op.ts";
import { noFlops } from "./support/flops.ts";
import { filled, stepsByRow } from "./support/references.ts";
import { describeType, f32, onlyInput, requireFloat } from "./support/shapes.ts";

export const gatherPositions: OpDefinition<GatherPositionsAttributes> = {
  name: "gather_positions",
  hashedAs: "by_position",
  doc: "For each step of `history` the row of p, once [n, width], at its position: 0 for the last step, 1 for the one before. No row has more than n steps: steps [width].",
  shape: (inputs, attributes) => {
    const p = onlyInput("gather_positions", inputs);
    requireFloat("gather_positions", p);
    invariant(p.rows.kind === "once" && p.dims.length === 2, `gather_positions of ${describeType(p)}`);
    return f32(positioned(attributes), p.dims.slice(1));
  },
  reference: ([p], { output: out }, layout) => {
    const [width] = out.dims as readonly [number];
    const result = filled(out, layout);
    for (const steps of stepsByRow(stepsOf(out), layout))
      steps.toReversed().forEach((step, position) => {
        result.set(p!.subarray(position * width, (position + 1) * width), step * width);
      });
    return result;
  },
  flops: noFlops,
  gradient: ({ graph, inputs, gradient }) => [
    graph.add("scatter_positions", [gradient], { length: inputs[0]!.dims[0]! }),
  ],
  samples: ({ steps: { history, per } }) =>
    [1, 3].map((width) => ({ attributes: { history, per }, inputs: [f32(ONCE, [6, width])] })),
};

function positioned({ history, per }: GatherPositionsAttributes): StepsRows {
  return { kind: "steps", per, history };
}
