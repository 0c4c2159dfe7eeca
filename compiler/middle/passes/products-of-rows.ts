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
    const meeting = met(builder, a, b) ?? met(builder, b, a);
    return meeting === null ? null : builder.add("dots", meeting, {}, node.origin);
  });
}

/**
 * The operands q and k, if the rows of q are repeated for each row of k; null if they are not, or if the
 * widths differ.
 */
function met(builder: GraphBuilder, a: NodeId, b: NodeId): readonly [NodeId, NodeId] | null {
  const [repeated, other] = [builder.node(a), builder.node(b)];
  const q = repeated.inputs[0]!;
  if (repeated.op === "repeat" && other.op === "repeat_candidates") {
    const k = other.inputs[0]!;
    const [asks, told] = [builder.typeOf(q), builder.typeOf(k)];
    const isShared = asks.rows.kind === "each" && asks.rows.per === "candidate" && told.rows.kind === "steps";
    return isShared && fit(asks.dims, told.dims) ? [q, k] : null;
  }
  if (repeated.op !== "broadcast_list") return null;
  // Values that all steps of a row share, or all candidates, are a list of the row or of the request.
  let k = b;
  for (let next = other; next.op === "repeat" || next.op === "repeat_candidates"; next = builder.node(k))
    k = next.inputs[0]!;
  const [asks, told] = [builder.typeOf(q), builder.typeOf(k)];
  // A learned vector, known once, is not a query of a row.
  const asksByRow = asks.rows.kind === "each" || asks.rows.kind === "steps";
  const isRanking = told.rows.kind === "each" && told.rows.per !== "example";
  return asksByRow && isRanking && told.dims.length === 2 && fit(asks.dims, told.dims.slice(1))
    ? [q, k]
    : null;
}

function fit(a: readonly number[], b: readonly number[]): boolean {
  return a.length === 1 && sameDims(a, b);
}
