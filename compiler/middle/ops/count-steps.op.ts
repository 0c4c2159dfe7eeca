// Length of a history.

import type { CountStepsAttributes } from "../graph/attributes.ts";
import type { OpDefinition } from "../graph/define-op.ts";
import type { StepsRows } from "../graph/types.ts";
import { noFlops } from "./support/flops.ts";
import { filled } from "./support/references.ts";
import { eachOf, f32, inputsOf } from "./support/shapes.ts";

export const countSteps: OpDefinition<CountStepsAttributes> = {
  name: "count_steps",
  doc: "The number of steps of `history` in each row, as f32: each [1].",
  shape: (inputs, attributes) => {
    inputsOf("count_steps", inputs, 0);
    return f32(eachOf(stepRows(attributes)), [1]);
  },
  reference: (_, { attributes, output: out }, layout) => {
    const counts = filled(out, layout);
    for (const row of layout.segments(stepRows(attributes))) counts[row] = counts[row]! + 1;
    return counts;
  },
  flops: noFlops,
  gradient: () => [],
  samples: ({ steps: { history, per } }) => [{ attributes: { history, per }, inputs: [] }],
};

export function stepRows({ history, per }: CountStepsAttributes): StepsRows {
  return { kind: "steps", per, history };
}
