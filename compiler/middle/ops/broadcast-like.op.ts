// The gradient of a sum: repeats a value that is known once for all rows, and a width of 1 for all columns.

import { invariant } from "../../common/internal-error.ts";
import type { NoAttributes } from "../graph/attributes.ts";
import type { ElementwiseDefinition } from "../graph/define-op.ts";
import { ONCE, rowsKey, type TensorType } from "../graph/types.ts";
import { noFlops } from "./support/flops.ts";
import { reduceTo } from "./support/gradients.ts";
import { broadcastValue } from "./support/references.ts";
import { describeType, f32, inputsOf, joinDims, joinRows, requireFloat, sameDims } from "./support/shapes.ts";

export const broadcastLike: ElementwiseDefinition<NoAttributes> = {
  name: "broadcast_like",
  doc: "x repeated along rows (where it is known once) and along the last dim (where that is 1) to the type of `like`, whose numbers do not matter.",
  shape: (inputs) => {
    const [x, like] = inputsOf("broadcast_like", inputs, 2) as readonly [TensorType, TensorType];
    requireFloat("broadcast_like", x, like);
    const misfit = `broadcast_like of ${describeType(x)} to ${describeType(like)}`;
    invariant(rowsKey(joinRows("broadcast_like", [x.rows, like.rows])) === rowsKey(like.rows), misfit);
    invariant(sameDims(joinDims("broadcast_like", x.dims, like.dims), like.dims), misfit);
    return f32(like.rows, like.dims);
  },
  reference: ([x], { inputs, output }, layout) => broadcastValue(x!, inputs[0]!, output, layout),
  cheap: true,
  flops: noFlops,
  elementwise: true,
  gradient: ({ graph, inputs, gradient }) => [reduceTo(graph, gradient, inputs[0]!), null],
  samples: ({ each, steps, table }) =>
    [
      [f32(ONCE, [4]), f32(steps, [4])],
      [f32(each, [1]), f32(each, [4])],
      [f32(ONCE, [1]), f32(each, [4])],
      [f32(ONCE, [2, 1]), f32(each, [2, 3])],
      [f32(ONCE, [3]), f32(table, [3])],
      [f32(each, [3]), f32(each, [3])],
    ].map((inputs) => ({ attributes: {}, inputs })),
};
