// Exchanges rows and columns of a matrix, for a linear layer along a list instead of along the width.

import { invariant } from "../../common/internal-error.ts";
import type { NoAttributes } from "../graph/attributes.ts";
import type { OpDefinition } from "../graph/define-op.ts";
import { ONCE } from "../graph/types.ts";
import { noFlops } from "./support/flops.ts";
import { describeType, f32, onlyInput, requireFloat } from "./support/shapes.ts";

export const transpose: OpDefinition<NoAttributes> = {
  name: "transpose",
  doc: "Each row's x [a, b] as [b, a].",
  shape: (inputs) => {
    const x = onlyInput("transpose", inputs);
    requireFloat("transpose", x);
    const [a, b, ...more] = x.dims;
    invariant(a !== undefined && b !== undefined && more.length === 0, `transpose of ${describeType(x)}`);
    return f32(x.rows, [b, a]);
  },
  reference: ([x], { output: out }) => {
    const [b, a] = out.dims as readonly [number, number];
    return x!.map((_, i) => {
      const row = Math.floor(i / (a * b)) * a * b;
      return x![row + (i % a) * b + (Math.floor(i / a) % b)]!;
    });
  },
  byRow: true,
  flops: noFlops,
  gradient: ({ graph, gradient }) => [graph.add("transpose", [gradient], {})],
  samples: ({ each, steps }) =>
    [f32(each, [2, 3]), f32(steps, [3, 2]), f32(ONCE, [4, 3]), f32(each, [1, 3])].map((x) => ({
      attributes: {},
      inputs: [x],
    })),
};
