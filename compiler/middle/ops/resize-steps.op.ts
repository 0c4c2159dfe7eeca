// The same steps on a longer or shorter axis, such as `clicks` as the first steps of `clicks + 1` or of `clicks + carts`.

import type { ResizeStepsAttributes } from "../graph/attributes.ts";
import type { OpDefinition } from "../graph/define-op.ts";
import { joinedAxis, shiftedAxis } from "../graph/derived-axes.ts";
import { type StepsRows, sizeOf } from "../graph/types.ts";
import { stepsOf } from "./repeat.op.ts";
import { noFlops } from "./support/flops.ts";
import { filled, stepsByRow } from "./support/references.ts";
import { f32, onlyInput, requireFloat } from "./support/shapes.ts";

export const resizeSteps: OpDefinition<ResizeStepsAttributes> = {
  name: "resize_steps",
  doc: "x [..] with as many steps in each row as `history` has: the first or last ones (`keep`); what is missing is 0: steps [..].",
  shape: (inputs, { history }) => {
    const x = onlyInput("resize_steps", inputs);
    requireFloat("resize_steps", x);
    const rows = stepsOf(x);
    return f32({ ...rows, history }, x.dims);
  },
  reference: ([x], { attributes: { keep }, inputs, output: out }, layout) => {
    const size = sizeOf(out.dims);
    const result = filled(out, layout);
    const from = stepsByRow(stepsOf(inputs[0]!), layout);
    stepsByRow(stepsOf(out), layout).forEach((steps, row) => {
      const own = from[row]!;
      const skipped = keep === "first" ? 0 : own.length - steps.length;
      steps.forEach((step, i) => {
        const source = own[i + skipped];
        if (source !== undefined) result.set(x!.subarray(source * size, (source + 1) * size), step * size);
      });
    });
    return result;
  },
  movesRows: true,
  flops: noFlops,
  gradient: ({ graph, attributes: { keep }, inputs, gradient }) => [
    graph.add("resize_steps", [gradient], { history: stepsOf(inputs[0]!).history, keep }),
  ],
  samples: ({ steps }) => {
    const { history } = steps;
    const along = (by: number): StepsRows => ({ ...steps, history: shiftedAxis(history, by) });
    return (["first", "last"] as const).flatMap((keep) => [
      { attributes: { history: shiftedAxis(history, 1), keep }, inputs: [f32(steps, [3])] },
      { attributes: { history: shiftedAxis(history, -1), keep }, inputs: [f32(steps, [3])] },
      { attributes: { history, keep }, inputs: [f32(along(1), [2, 2])] },
      { attributes: { history, keep }, inputs: [f32(along(-2), [1])] },
      { attributes: { history: joinedAxis([2, history]), keep }, inputs: [f32(steps, [3])] },
    ]);
  },
};
