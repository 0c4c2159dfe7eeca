// A pass for Graphs with gradients. Multiplies with values known once as late as possible, so that such
// factors combine with each other or follow a sum before they are multiplied with every row of a batch.

import type { GraphBuilder } from "../builder/builder.ts";
import { rewrite } from "../builder/rewrite.ts";
import type { Graph, Node, NodeId } from "../graph/graph.ts";
import { sameType } from "../ops/support/shapes.ts";
import type { Pass } from "./pipeline.ts";

export const hoistFactors: Pass = {
  name: "gather-factors",
  doc: "Factors that are known once move behind products with rows and behind sums if that saves a product with rows.",
  run: (graph: Graph) => {
    const free = freeFactors(graph);
    return rewrite(graph, (node, inputs, builder) => {
      const moved = withoutFactor(node, inputs, builder, free);
      return moved !== null && sameType(builder.typeOf(moved), node.type) ? moved : null;
    });
  },
};

/** Nodes whose value can be scaled later at no cost: all uses are products with factors or sums over rows. */
function freeFactors({ nodes, outputs, updates }: Graph): ReadonlySet<NodeId> {
  const busy = new Set<NodeId>([...outputs.values(), ...updates.values()]);
  // Users come after their inputs.
  for (const user of nodes.toReversed()) {
    const once = user.inputs.some((input) => nodes[input]!.type.rows.kind === "once");
    user.inputs.forEach((input, i) => {
      const passes =
        user.op === "sum_rows" ||
        (user.op === "multiply" && user.inputs[0] !== user.inputs[1] && (once || !busy.has(user.id))) ||
        (user.op === "sigmoid_gradient" && i === 1 && user.inputs[0] !== input && !busy.has(user.id));
      if (!passes) busy.add(input);
    });
  }
  return new Set(nodes.map(({ id }) => id).filter((id) => !busy.has(id)));
}

function withoutFactor(
  { op, origin, inputs: originals }: Node,
  inputs: readonly NodeId[],
  builder: GraphBuilder,
  free: ReadonlySet<NodeId>,
): NodeId | null {
  const multiply = (x: NodeId, y: NodeId) => builder.add("multiply", [x, y], {}, origin);
  const isOnce = (id: NodeId) => builder.typeOf(id).rows.kind === "once";
  const parts = inputs.map((id, i) => (free.has(originals[i]!) ? productWithFactor(id, builder) : null));
  if (op === "sum_rows" && parts[0])
    return multiply(builder.add("sum_rows", [parts[0].rows], {}, origin), parts[0].factor);
  if (op === "sigmoid_gradient" && parts[1])
    return multiply(builder.add(op, [inputs[0]!, parts[1].rows], {}, origin), parts[1].factor);
  if (op !== "multiply") return null;
  const at = parts.findIndex((part) => part !== null);
  if (at < 0) return null;
  const { rows, factor } = parts[at]!;
  const other = inputs[1 - at]!;
  return isOnce(other) ? multiply(rows, multiply(factor, other)) : multiply(multiply(rows, other), factor);
}

/**
 * The operands of a product of rows with a value known once; null if `id` is not such a product, or if the
 * product is wider than the rows.
 */
function productWithFactor(
  id: NodeId,
  builder: GraphBuilder,
): { readonly rows: NodeId; readonly factor: NodeId } | null {
  const { op, inputs, type } = builder.node(id);
  if (op !== "multiply" || type.rows.kind === "once") return null;
  const [x, y] = inputs as readonly [NodeId, NodeId];
  const [rows, factor] = builder.typeOf(y).rows.kind === "once" ? [x, y] : [y, x];
  if (builder.typeOf(factor).rows.kind !== "once") return null;
  return sameType(builder.typeOf(rows), type) ? { rows, factor } : null;
}
