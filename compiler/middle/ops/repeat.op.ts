// Repeats a row's value for each of its steps.

import { invariant } from "../../common/internal-error.ts";
import type { RepeatAttributes } from "../graph/attributes.ts";
import type { OpDefinition } from "../graph/define-op.ts";
import type { StepsRows, TensorType } from "../graph/types.ts";
import { sizeOf } from "../graph/types.ts";
import { noFlops } from "./support/flops.ts";
import { filled } from "./support/references.ts";
import { describeType, f32, onlyInput, requireFloat } from "./support/shapes.ts";

export const repeat: OpDefinition<RepeatAttributes> = {
  name: "repeat",
  doc: "Each row of x [..] once for each of its steps in `history`: steps [..].",
  shape: (inputs, { history }) => {
    const x = onlyInput("repeat", inputs);
    requireFloat("repeat", x);
    invariant(x.rows.kind === "each", `repeat of ${describeType(x)}`);
    return f32({ kind: "steps", per: x.rows.per, history }, x.dims);
  },
  reference: ([x], { output }, layout) => {
    const size = sizeOf(output.dims);
    const segments = layout.segments(stepsOf(output));
    return filled(output, layout).map((_, i) => x![segments[Math.floor(i / size)]! * size + (i % size)]!);
  },
  movesRows: true,
  flops: noFlops,
  gradient: ({ graph, gradient }) => [graph.add("sum_steps", [gradient], {})],
  samples: ({ each, steps: { history } }) =>
    [[1], [4], [2, 3]].map((dims) => ({ attributes: { history }, inputs: [f32(each, dims)] })),
};

/** The rows of a value that has steps. */
export function stepsOf(type: TensorType): StepsRows {
  invariant(type.rows.kind === "steps", `${describeType(type)} has no steps`);
  return type.rows;
}
