// The gradient of a lookup.

import { invariant } from "../../common/internal-error.ts";
import type { LookupGradientAttributes } from "../graph/attributes.ts";
import type { OpDefinition } from "../graph/define-op.ts";
import { rowsKey, sameRows, sizeOf, type TensorType } from "../graph/types.ts";
import { listsIn, requireIds } from "./lookup.op.ts";
import { flopsOfReduction } from "./support/flops.ts";
import { filled } from "./support/references.ts";
import { f32, inputsOf, requireFloat } from "./support/shapes.ts";

export const lookupGradient: OpDefinition<LookupGradientAttributes> = {
  name: "lookup_gradient",
  doc: "For each of `rows`, the sum of dy [..] over the rows, or the elements of a list, with its number: rows [..].",
  shape: (inputs, { rows }) => {
    const [dy, ids] = inputsOf("lookup_gradient", inputs, 2) as readonly [TensorType, TensorType];
    requireFloat("lookup_gradient", dy);
    requireIds("lookup_gradient", ids);
    invariant(sameRows(dy.rows, ids.rows), `lookup_gradient of ${rowsKey(dy.rows)} by ${rowsKey(ids.rows)}`);
    invariant(rows.kind !== "once", "lookup_gradient for what is known once");
    const [length] = ids.dims;
    invariant(length === undefined || length === dy.dims[0], `lookup_gradient of ${length} of ${dy.dims[0]}`);
    return f32(rows, dy.dims.slice(ids.dims.length));
  },
  reference: ([dy, ids], { output }, layout) => {
    const width = sizeOf(output.dims);
    const out = filled(output, layout);
    dy!.forEach((value, i) => {
      const at = ids![Math.floor(i / width)]! * width + (i % width);
      out[at] = out[at]! + value;
    });
    return out;
  },
  sumOverParts: true,
  flops: flopsOfReduction,
  gradient: ({ graph, inputIds, gradient }) => [graph.add("lookup", [gradient, inputIds[1]!], {}), null],
  samples: ({ each, steps, table }) =>
    [each, steps, ...listsIn(each)].map((rows) => {
      const list = rows.kind === "once" ? [5] : [];
      return {
        attributes: { rows: table },
        inputs: [f32(rows, [...list, 3]), { rows, dims: list, dtype: "i32" }],
      };
    }),
};
