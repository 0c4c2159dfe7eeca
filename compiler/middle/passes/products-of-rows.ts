// Turns sums of products of repeated values into `dots`, which reads both operands where they are stored:
// scores of a candidate with all steps, of a step with all candidates' values, and of a candidate with the
// steps that a search found.

import type { GraphBuilder } from "../builder/builder.ts";
import { rewrite } from "../builder/rewrite.ts";
import type { Graph, NodeId } from "../graph/graph.ts";
import { sameDims } from "../ops/support/shapes.ts";

export function productsOfRows(graph: Graph): Graph {
  return rewrite(graph, (node, inputs, builder) => {
    if (node.op !== "sum_width") return null;
    const product = builder.node(inputs[0]!);
    if (product.op !== "multiply") return null;
    const [a, b] = product.inputs as readonly [NodeId, NodeId];
    const operands = operandsOf(builder, a, b) ?? operandsOf(builder, b, a);
    return operands === null ? null : builder.add("dots", operands, {}, node.origin);
  });
}

/**
 * The operands q and k, if the rows of q are repeated for each row of k; null if they are not, or if the
 * widths differ.
 */
function operandsOf(builder: GraphBuilder, a: NodeId, b: NodeId): readonly [NodeId, NodeId] | null {
  const [repeated, other] = [builder.node(a), builder.node(b)];
  const q = repeated.inputs[0]!;
  if (repeated.op === "repeat" && other.op === "repeat_candidates") {
    const k = other.inputs[0]!;
    const [query, keys] = [builder.typeOf(q), builder.typeOf(k)];
    const isShared =
      query.rows.kind === "each" && query.rows.per === "candidate" && keys.rows.kind === "steps";
    return isShared && fit(query.dims, keys.dims) ? [q, k] : null;
  }
  if (repeated.op !== "broadcast_list") return null;
  // Values that all steps of a row share, or all candidates, are a list of the row or of the request.
  let k = b;
  for (let next = other; next.op === "repeat" || next.op === "repeat_candidates"; next = builder.node(k))
    k = next.inputs[0]!;
  const [query, keys] = [builder.typeOf(q), builder.typeOf(k)];
  // A learned vector is the same for all rows, so it gains nothing.
  const hasRows = query.rows.kind === "each" || query.rows.kind === "steps";
  const isRanking = keys.rows.kind === "each" && keys.rows.per !== "example";
  return hasRows && isRanking && keys.dims.length === 2 && fit(query.dims, keys.dims.slice(1))
    ? [q, k]
    : null;
}

function fit(a: readonly number[], b: readonly number[]): boolean {
  return a.length === 1 && sameDims(a, b);
}
