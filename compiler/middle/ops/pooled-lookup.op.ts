// The pooled vector of a set: combines the table's rows for all of its values.

import { invariant } from "../../common/internal-error.ts";
import type { PooledLookupAttributes } from "../graph/attributes.ts";
import type { OpDefinition } from "../graph/define-op.ts";
import { sameRows, type TensorType } from "../graph/types.ts";
import { requireIds } from "./lookup.op.ts";
import { elementsOf, ownersOf } from "./support/elements.ts";
import { scalar } from "./support/gradients.ts";
import { filled } from "./support/references.ts";
import { describeType, f32, inputsOf, requireFloat } from "./support/shapes.ts";

export const pooledLookup: OpDefinition<PooledLookupAttributes> = {
  name: "pooled_lookup",
  doc: "The sum or maximum of the rows of a table [width] for the values of each set, given their numbers and, ascending, their rows: rows of the sets [width]; 0 for an empty set. A sum may have a weight [1] for each value. Values that tie share the gradient evenly.",
  shape: (inputs, { pool }) => {
    const [table, ids, rowOf, weights] = inputsOf("pooled_lookup", inputs, inputs.length === 4 ? 4 : 3) as [
      TensorType,
      TensorType,
      TensorType,
      TensorType?,
    ];
    invariant(table.rows.kind === "table", `pooled_lookup in ${describeType(table)}`);
    requireFloat("pooled_lookup", table);
    requireIds("pooled_lookup", ids);
    if (weights !== undefined) {
      requireFloat("pooled_lookup", weights);
      const isOne = weights.dims.length === 1 && weights.dims[0] === 1;
      invariant(
        pool === "sum" && isOne && sameRows(weights.rows, ids.rows),
        `pooled_lookup with weights ${describeType(weights)}`,
      );
    }
    return f32(ownersOf("pooled_lookup", rowOf, ids), table.dims);
  },
  reference: ([table, ids, rowOf, weights], { attributes: { pool }, output: out }, layout) => {
    const [width] = out.dims as readonly [number];
    const result = filled(out, layout, pool === "sum" ? 0 : Number.NEGATIVE_INFINITY);
    ids!.forEach((id, element) => {
      for (let j = 0; j < width; j++) {
        const at = rowOf![element]! * width + j;
        const value = (weights?.[element] ?? 1) * table![id * width + j]!;
        result[at] = pool === "sum" ? result[at]! + value : Math.max(result[at]!, value);
      }
    });
    return result.map((value) => (value === Number.NEGATIVE_INFINITY ? 0 : value));
  },
  readsIds: true,
  flops: ({ inputs, output: out }, counted) =>
    counted(inputs[1]!.rows) * out.dims[0]! * (inputs.length === 4 ? 2 : 1),
  gradient: ({ attributes: { pool }, graph, inputs, inputIds, outputId, gradient }) => {
    const [table, ids, rowOf, weights] = inputIds as [
      typeof gradient,
      typeof gradient,
      typeof gradient,
      typeof gradient?,
    ];
    const back = (dy: typeof gradient) => graph.add("lookup_gradient", [dy, ids], { rows: inputs[0]!.rows });
    if (pool === "sum") {
      const each = graph.add("lookup", [gradient, rowOf], {});
      if (weights === undefined) return [back(each), null, null];
      const values = graph.add("lookup", [table, ids], {});
      const ofWeights = graph.add("sum_width", [graph.add("multiply", [each, values], {})], {});
      return [back(graph.add("multiply", [each, weights], {})), null, null, ofWeights];
    }
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
      ([["sum"], ["max"], ["sum", f32(rows, [1])]] as const).map(([pool, ...weights]) => ({
        attributes: { pool },
        inputs: [
          f32(table, [3]),
          { rows, dims: [], dtype: "i32" },
          { rows, dims: [], dtype: "i32" },
          ...weights,
        ] as const,
        ascending: [2],
      })),
    ),
};
