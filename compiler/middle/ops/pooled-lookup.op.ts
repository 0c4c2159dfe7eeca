// The pooled vector of a set: combines the table's rows for all of its values.

import { invariant } from "../../common/internal-error.ts";
import type { PooledLookupAttributes } from "../graph/attributes.ts";
import type { OpDefinition } from "../graph/define-op.ts";
import type { TensorType } from "../graph/types.ts";
import { requireIds } from "./lookup.op.ts";
import { elementsOf, ownersOf } from "./support/elements.ts";
import { scalar } from "./support/gradients.ts";
import { filled } from "./support/references.ts";
import { describeType, f32, inputsOf, requireFloat } from "./support/shapes.ts";

export const pooledLookup: OpDefinition<PooledLookupAttributes> = {
  name: "pooled_lookup",
  doc: "The sum or maximum of the rows of a table [width] for the values of each set, given their numbers and, ascending, their rows: rows of the sets [width]; 0 for an empty set. Values that tie share the gradient evenly.",
  shape: (inputs) => {
    const [table, ids, rowOf] = inputsOf("pooled_lookup", inputs, 3) as readonly [
      TensorType,
      TensorType,
      TensorType,
    ];
    invariant(table.rows.kind === "table", `pooled_lookup in ${describeType(table)}`);
    requireFloat("pooled_lookup", table);
    requireIds("pooled_lookup", ids);
    return f32(ownersOf("pooled_lookup", rowOf, ids), table.dims);
  },
  reference: ([table, ids, rowOf], { attributes: { pool }, output: out }, layout) => {
    const [width] = out.dims as readonly [number];
    const result = filled(out, layout, pool === "sum" ? 0 : Number.NEGATIVE_INFINITY);
    ids!.forEach((id, element) => {
      for (let j = 0; j < width; j++) {
        const at = rowOf![element]! * width + j;
        const value = table![id * width + j]!;
        result[at] = pool === "sum" ? result[at]! + value : Math.max(result[at]!, value);
      }
    });
    return result.map((value) => (value === Number.NEGATIVE_INFINITY ? 0 : value));
  },
  readsIds: true,
  flops: ({ inputs, output: out }, counted) => counted(inputs[1]!.rows) * out.dims[0]!,
  gradient: ({ attributes: { pool }, graph, inputs, inputIds, outputId, gradient }) => {
    const [table, ids, rowOf] = inputIds as [typeof gradient, typeof gradient, typeof gradient];
    const back = (dy: typeof gradient) => graph.add("lookup_gradient", [dy, ids], { rows: inputs[0]!.rows });
    if (pool === "sum") return [back(graph.add("lookup", [gradient, rowOf], {})), null, null];
    const values = graph.add("lookup", [table, ids], {});
    const largest = graph.add("equal", [values, graph.add("lookup", [outputId, rowOf], {})], {});
    const ties = graph.add("lookup_gradient", [largest, rowOf], { rows: elementsOf(inputs[1]!).of });
    // Uses at least 1 as the divisor, for empty sets; their share reaches no value.
    const share = graph.add(
      "divide",
      [gradient, graph.add("maximum", [ties, scalar(graph, 1, ties)], {})],
      {},
    );
    const each = graph.add("multiply", [largest, graph.add("lookup", [share, rowOf], {})], {});
    return [back(each), null, null];
  },
  samples: ({ elements, table }) =>
    elements.flatMap((rows) =>
      (["sum", "max"] as const).map((pool) => ({
        attributes: { pool },
        inputs: [
          f32(table, [3]),
          { rows, dims: [], dtype: "i32" },
          { rows, dims: [], dtype: "i32" },
        ] as const,
        ascending: [2],
      })),
    ),
};
