// Sum over a batch: the gradient of a value that all rows share.

import { invariant } from "../../common/internal-error.ts";
import type { NoAttributes } from "../graph/attributes.ts";
import type { OpDefinition } from "../graph/define-op.ts";
import { ONCE } from "../graph/types.ts";
import { flopsOfReduction } from "./support/flops.ts";
import { filled } from "./support/references.ts";
import { f32, onlyInput, requireFloat } from "./support/shapes.ts";

export const sumRows: OpDefinition<NoAttributes> = {
  name: "sum_rows",
  doc: "Sum of x [..] over all rows: once [..]; 0 where there are none.",
  shape: (inputs) => {
    const x = onlyInput("sum_rows", inputs);
    requireFloat("sum_rows", x);
    invariant(x.rows.kind !== "once", "sum_rows of what is known once");
    return f32(ONCE, x.dims);
  },
  reference: ([x], { output }, layout) => {
    const out = filled(output, layout);
    x!.forEach((value, i) => {
      const at = i % out.length;
      out[at] = out[at]! + value;
    });
    return out;
  },
  sumOverParts: true,
  reducesRows: true,
  flops: flopsOfReduction,
  gradient: ({ graph, inputIds, gradient }) => [graph.add("broadcast_like", [gradient, inputIds[0]!], {})],
  samples: ({ each, steps, table }) =>
    [f32(each, [1]), f32(steps, [4]), f32(table, [3]), f32(each, [2, 3])].map((x) => ({
      attributes: {},
      inputs: [x],
    })),
};
