// Sum over the width: dot products, factorization machines.

import { invariant } from "../../common/internal-error.ts";
import type { NoAttributes } from "../graph/attributes.ts";
import type { OpDefinition } from "../graph/define-op.ts";
import { ONCE } from "../graph/types.ts";
import { flopsOfReduction } from "./support/flops.ts";
import { filled } from "./support/references.ts";
import { describeType, f32, onlyInput, requireFloat, splitLast } from "./support/shapes.ts";

export const sumWidth: OpDefinition<NoAttributes> = {
  name: "sum_width",
  doc: "Sum of x [.., w] over its last dim: [.., 1].",
  shape: (inputs) => {
    const x = onlyInput("sum_width", inputs);
    requireFloat("sum_width", x);
    invariant(x.dims.length > 0, `sum_width of ${describeType(x)}`);
    return f32(x.rows, [...splitLast(x.dims).lead, 1]);
  },
  reference: ([x], { inputs, output: out }, layout) => {
    const width = splitLast(inputs[0]!.dims).last;
    return filled(out, layout).map((_, i) =>
      x!.subarray(i * width, (i + 1) * width).reduce((a, b) => a + b, 0),
    );
  },
  byRow: true,
  flops: flopsOfReduction,
  gradient: ({ graph, inputIds, gradient }) => [graph.add("broadcast_like", [gradient, inputIds[0]!], {})],
  samples: ({ each, steps }) =>
    [
      f32(steps, [5]),
      f32(each, [1]),
      f32(each, [2, 3]),
      f32(steps, [2, 3]),
      f32(ONCE, [4]),
      f32(ONCE, [2, 4]),
    ].map((x) => ({
      attributes: {},
      inputs: [x],
    })),
};
