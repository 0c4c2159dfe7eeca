// The same numbers with other dims, so that weights of every shape fit into one vector.

import { invariant } from "../../common/internal-error.ts";
import type { ReshapeAttributes } from "../graph/attributes.ts";
import type { OpDefinition } from "../graph/define-op.ts";
import { ONCE, sizeOf } from "../graph/types.ts";
import { noFlops } from "./support/flops.ts";
import { describeType, f32, onlyInput, requireFloat } from "./support/shapes.ts";

export const reshape: OpDefinition<ReshapeAttributes> = {
  name: "reshape",
  doc: "x [..] with its numbers, in their order, under `dims`, which hold as many.",
  shape: (inputs, { dims }) => {
    const x = onlyInput("reshape", inputs);
    requireFloat("reshape", x);
    invariant(sizeOf(x.dims) === sizeOf(dims), `reshape of ${describeType(x)} to [${dims.join(", ")}]`);
    return f32(x.rows, dims);
  },
  reference: ([x]) => x!.slice(),
  byRow: true,
  viewFrom: () => 0,
  flops: noFlops,
  gradient: ({ graph, inputs, gradient }) => [graph.add("reshape", [gradient], { dims: inputs[0]!.dims })],
  samples: ({ each, steps }) => [
    { attributes: { dims: [6] }, inputs: [f32(ONCE, [2, 3])] },
    { attributes: { dims: [3, 2] }, inputs: [f32(ONCE, [6])] },
    { attributes: { dims: [4] }, inputs: [f32(each, [2, 2])] },
    { attributes: { dims: [2, 1] }, inputs: [f32(steps, [2])] },
    { attributes: { dims: [6] }, inputs: [f32(steps, [2, 3])] },
  ],
};
