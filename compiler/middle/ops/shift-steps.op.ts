// Moves values to the next or previous step, such as the state before each step of a recurrence.

import { invariant } from "../../common/internal-error.ts";
import type { ShiftStepsAttributes } from "../graph/attributes.ts";
import type { OpDefinition } from "../graph/define-op.ts";
import { ONCE, sameRows, sizeOf, type TensorType } from "../graph/types.ts";
import { stepsOf } from "./repeat.op.ts";
import { noFlops } from "./support/flops.ts";
import { endOfSteps } from "./support/gradients.ts";
import { filled } from "./support/references.ts";
import { describeType, eachOf, f32, inputsOf, requireFloat, sameDims } from "./support/shapes.ts";

export const shiftSteps: OpDefinition<ShiftStepsAttributes> = {
  name: "shift_steps",
  doc: "For each step of a row the x [..] of the step before it (with `reverse` of the one after it), and `end` [..], once or each, if there is none: steps [..].",
  shape: (inputs) => {
    const [x, end] = inputsOf("shift_steps", inputs, 2) as readonly [TensorType, TensorType];
    requireFloat("shift_steps", x, end);
    const fits = end.rows.kind === "once" || sameRows(end.rows, eachOf(stepsOf(x)));
    invariant(
      fits && sameDims(x.dims, end.dims),
      `shift_steps of ${describeType(x)} and ${describeType(end)}`,
    );
    return x;
  },
  reference: ([x, end], { attributes: { reverse }, inputs, output: out }, layout) => {
    const size = sizeOf(out.dims);
    const segments = layout.segments(stepsOf(out));
    const result = filled(out, layout);
    segments.forEach((row, step) => {
      const other = step + (reverse ? 1 : -1);
      const from = inputs[1]!.rows.kind === "once" ? 0 : row;
      const value =
        segments[other] === row
          ? x!.subarray(other * size, (other + 1) * size)
          : end!.subarray(from * size, (from + 1) * size);
      result.set(value, step * size);
    });
    return result;
  },
  flops: noFlops,
  gradient: ({ graph, attributes: { reverse }, inputs, gradient }) => {
    const zeros = graph.add("constant", [], { value: 0, dims: inputs[0]!.dims });
    return [
      graph.add("shift_steps", [gradient, zeros], { reverse: !reverse }),
      endOfSteps(graph, gradient, inputs[1]!, reverse),
    ];
  },
  samples: ({ each, steps }) =>
    [false, true].flatMap((reverse) =>
      [
        [f32(steps, [3]), f32(ONCE, [3])],
        [f32(steps, [3]), f32(each, [3])],
        [f32(steps, [2, 3]), f32(each, [2, 3])],
      ].map((inputs) => ({ attributes: { reverse }, inputs })),
    ),
};
