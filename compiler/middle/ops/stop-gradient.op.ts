// A value through which no gradient flows. PEPNet's gate reads embeddings in this way without changing them.

import type { NoAttributes } from "../graph/attributes.ts";
import type { OpDefinition } from "../graph/define-op.ts";
import { ONCE } from "../graph/types.ts";
import { noFlops } from "./support/flops.ts";
import { f32, onlyInput, requireFloat } from "./support/shapes.ts";

export const stopGradient: OpDefinition<NoAttributes> = {
  name: "stop_gradient",
  doc: "x [..] itself; what it is computed from gets no gradient through it.",
  stopsGradient: true,
  shape: (inputs) => {
    const x = onlyInput("stop_gradient", inputs);
    requireFloat("stop_gradient", x);
    return x;
  },
  reference: ([x]) => x!.slice(),
  byRow: true,
  viewFrom: () => 0,
  flops: noFlops,
  gradient: () => [null],
  samples: ({ each, steps }) =>
    [f32(each, [3]), f32(steps, [2, 3]), f32(ONCE, [4])].map((x) => ({ attributes: {}, inputs: [x] })),
};
