// The best steps of each row as a list: the search in a long history.

import { invariant } from "../../common/internal-error.ts";
import type { SelectStepsAttributes } from "../graph/attributes.ts";
import type { OpDefinition } from "../graph/define-op.ts";
import { stepsOf } from "./repeat.op.ts";
import { flopsOfReduction } from "./support/flops.ts";
import { filled, LOWEST, stepsByRow } from "./support/references.ts";
import { eachOf, f32, onlyInput, requireFloat } from "./support/shapes.ts";

export const selectSteps: OpDefinition<SelectStepsAttributes> = {
  name: "select_steps",
  doc: "For each row, the positions of the `count` steps with the highest scores [1], and of the later ones in a tie, counted from 1, in the order of the steps; shorter lists begin with zeros: [count, 1]. A step whose score is the lowest f32 or below, or NaN, is not chosen.",
  shape: (inputs, { count }) => {
    const x = onlyInput("select_steps", inputs);
    requireFloat("select_steps", x);
    invariant(x.dims.length === 1 && x.dims[0] === 1 && count >= 1, "a step has one score");
    return f32(eachOf(stepsOf(x)), [count, 1]);
  },
  reference: ([scores], { attributes: { count }, inputs, output }, layout) => {
    const out = filled(output, layout);
    stepsByRow(stepsOf(inputs[0]!), layout).forEach((steps, row) => {
      const best = steps
        .map((step, place) => ({ score: scores![step]!, place: place + 1 }))
        .filter(({ score }) => score > LOWEST)
        .sort((a, b) => b.score - a.score || b.place - a.place)
        .slice(0, count)
        .sort((a, b) => a.place - b.place);
      best.forEach(({ place }, i) => {
        out[(row + 1) * count - best.length + i] = place;
      });
    });
    return out;
  },
  flops: flopsOfReduction,
  stopsGradient: true,
  gradient: () => [null],
  samples: ({ steps }) => [
    ...[1, 2, 3, 7].map((count) => ({ attributes: { count }, inputs: [f32(steps, [1])] })),
    { attributes: { count: 2 }, inputs: [f32(steps, [1])], range: [-1, 1] as const, whole: true as const },
  ],
};
