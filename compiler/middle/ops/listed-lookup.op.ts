// The vectors of a set's values as a list: the rows of a table, one after the other.

import { invariant } from "../../common/internal-error.ts";
import type { NoAttributes } from "../graph/attributes.ts";
import type { OpDefinition } from "../graph/define-op.ts";
import type { TensorType } from "../graph/types.ts";
import { requireIds } from "./lookup.op.ts";
import { elementsOf, indicesInLists, ownersOf } from "./support/elements.ts";
import { noFlops } from "./support/flops.ts";
import { filled } from "./support/references.ts";
import { describeType, f32, inputsOf, requireFloat } from "./support/shapes.ts";

export const listedLookup: OpDefinition<NoAttributes> = {
  name: "listed_lookup",
  doc: "The rows of a table [width] for the values of each set, given their numbers and, ascending, their rows: rows of the sets [most, width]. The values keep their order and are at the end of the list, after zeros.",
  shape: (inputs) => {
    const [table, ids, rowOf] = inputsOf("listed_lookup", inputs, 3) as readonly [
      TensorType,
      TensorType,
      TensorType,
    ];
    invariant(table.rows.kind === "table", `listed_lookup in ${describeType(table)}`);
    requireFloat("listed_lookup", table);
    requireIds("listed_lookup", ids);
    return f32(ownersOf("listed_lookup", rowOf, ids), [elementsOf(ids).max, ...table.dims]);
  },
  reference: ([table, ids, rowOf], { output: out }, layout) => {
    const [most, width] = out.dims as readonly [number, number];
    const result = filled(out, layout);
    indicesInLists(rowOf!, most).forEach((place, element) => {
      const from = ids![element]! * width;
      result.set(table!.subarray(from, from + width), place * width);
    });
    return result;
  },
  readsIds: true,
  flops: noFlops,
  gradient: ({ graph, inputs, inputIds, gradient }) => {
    const [, ids, rowOf] = inputIds as [typeof gradient, typeof gradient, typeof gradient];
    const each = graph.add("listed_rows_gradient", [gradient, rowOf], {});
    return [graph.add("lookup_gradient", [each, ids], { rows: inputs[0]!.rows }), null, null];
  },
  samples: ({ elements, table }) =>
    elements.map((rows) => ({
      attributes: {},
      inputs: [f32(table, [3]), { rows, dims: [], dtype: "i32" }, { rows, dims: [], dtype: "i32" }],
      ascending: [2],
    })),
};
