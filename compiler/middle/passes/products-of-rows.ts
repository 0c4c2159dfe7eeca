// Makes sums of products of repeated values `dots`, which reads both where they lie: the scores of a
// candidate and all steps, of a step and all that it faces, and of a candidate and what a search found.

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

/** The rows of q that are repeated for each of those of k, and k; null where they are not, or not as wide. */
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
  // What the steps of a row share, and what candidates share, is a list of the row or of the request.
  let k = b;
  for (let next = other; next.op === "repeat" || next.op === "repeat_candidates"; next = builder.node(k))
    k = next.inputs[0]!;
  const [asks, told] = [builder.typeOf(q), builder.typeOf(k)];
  // A learned vector, known once, is no query of a row.
  const asksByRow = asks.rows.kind === "each" || asks.rows.kind === "steps";
  const isRanking = told.rows.kind === "each" && told.rows.per !== "example";
  return asksByRow && isRanking && told.dims.length === 2 && fit(asks.dims, told.dims.slice(1))
    ? [q, k]
    : null;
}

function fit(a: readonly number[], b: readonly number[]): boolean {
  return a.length === 1 && sameDims(a, b);
}
