// Repeats one value as the items of a list.

import { invariant } from "../../common/internal-error.ts";
import type { BroadcastListAttributes } from "../graph/attributes.ts";
import type { OpDefinition } from "../graph/define-op.ts";
import { ONCE, sizeOf } from "../graph/types.ts";
import { noFlops } from "./support/flops.ts";
import { filled } from "./support/references.ts";
import { describeType, f32, onlyInput, requireFloat } from "./support/shapes.ts";

export const broadcastList: OpDefinition<BroadcastListAttributes> = {
  name: "broadcast_list",
  hashedAs: "spread",
  doc: "x [..] as each of the `times` items of a list: [times, ..].",
  shape: (inputs, { times }) => {
    const x = onlyInput("broadcast_list", inputs);
    requireFloat("broadcast_list", x);
    invariant(times >= 1 && x.dims.length > 0, `broadcast_list of ${describeType(x)}, ${times} times`);
    return f32(x.rows, [times, ...x.dims]);
  },
  reference: ([x], { attributes: { times }, inputs, output: out }, layout) => {
    const size = sizeOf(inputs[0]!.dims);
    return filled(out, layout).map((_, i) => x![Math.floor(i / (size * times)) * size + (i % size)]!);
  },
  byRow: true,
  flops: noFlops,
  gradient: ({ graph, gradient }) => [graph.add("sum_list", [gradient], {})],
  samples: ({ each, steps }) =>
    [f32(each, [3]), f32(steps, [3]), f32(steps, [1]), f32(ONCE, [3]), f32(each, [2, 3])].map((x, i) => ({
      attributes: { times: i + 1 },
      inputs: [x],
    })),
};
