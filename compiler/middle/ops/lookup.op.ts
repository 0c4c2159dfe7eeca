// Rows by number: rows of an embedding table by id, or rows of any value in another order.

import { invariant } from "../../common/internal-error.ts";
import type { NoAttributes } from "../graph/attributes.ts";
import type { OpDefinition } from "../graph/define-op.ts";
import { type EachRows, ONCE, type Rows, sizeOf, type TensorType } from "../graph/types.ts";
import { noFlops } from "./support/flops.ts";
import { filled } from "./support/references.ts";
import { describeType, f32, inputsOf, requireFloat } from "./support/shapes.ts";

/** Ids have no dims, one number a row, or are a list that is known once, such as those drawn for a batch. */
export function requireIds(op: string, ids: TensorType): void {
  const isList = ids.rows.kind === "once" && ids.dims.length === 1;
  invariant(ids.dtype === "i32" && (ids.dims.length === 0 || isList), `${op} by ${describeType(ids)}`);
}

/** Where samples may have ids known once: only training draws some. */
export function listsIn({ per }: EachRows): readonly Rows[] {
  return per === "example" ? [ONCE] : [];
}

export const lookup: OpDefinition<NoAttributes> = {
  name: "lookup",
  doc: "Rows of x [..], a table most often, by their numbers: rows of the numbers [..], or once [n, ..] for a list of n numbers.",
  shape: (inputs) => {
    const [x, ids] = inputsOf("lookup", inputs, 2) as readonly [TensorType, TensorType];
    invariant(x.rows.kind !== "once", `lookup in ${describeType(x)}`);
    requireFloat("lookup", x);
    requireIds("lookup", ids);
    return f32(ids.rows, [...ids.dims, ...x.dims]);
  },
  reference: ([table, ids], { inputs: [x], output }, layout) => {
    const width = sizeOf(x!.dims);
    return filled(output, layout).map((_, i) => table![ids![Math.floor(i / width)]! * width + (i % width)]!);
  },
  readsIds: true,
  flops: noFlops,
  gradient: ({ graph, inputs, inputIds, gradient }) => [
    graph.add("lookup_gradient", [gradient, inputIds[1]!], { rows: inputs[0]!.rows }),
    null,
  ],
  samples: ({ each, steps, table }) =>
    [each, steps, ...listsIn(each)].map((rows) => ({
      attributes: {},
      inputs: [f32(table, [3]), { rows, dims: rows.kind === "once" ? [5] : [], dtype: "i32" }],
    })),
};
