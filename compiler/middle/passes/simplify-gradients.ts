// A pass for Graphs with gradients. Gradient rules are written one op at a time; together they leave work
// over all steps of a batch that a sum or an operand can save.

import type { GraphBuilder } from "../builder/builder.ts";
import { rewrite } from "../builder/rewrite.ts";
import type { Graph, Node, NodeId } from "../graph/graph.ts";
import { sameRows } from "../graph/types.ts";
import { sameDims, sameType } from "../ops/support/shapes.ts";
import type { Pass } from "./pipeline.ts";

export const simplifyGradients: Pass = {
  name: "lighten-gradients",
  doc: "Values that are known once are combined with rows without a repetition first, and signs move into differences or behind sums.",
  run: (graph: Graph) => rewrite(graph, (node, inputs, builder) => lighter(node, inputs, builder)),
};

function lighter(node: Node, inputs: readonly NodeId[], builder: GraphBuilder): NodeId | null {
  switch (node.op) {
    case "add":
    case "subtract":
      return (
        withoutNegation(node.op, node, inputs, builder) ?? withoutBroadcast(node.op, node, inputs, builder)
      );
    case "multiply":
    case "divide":
      return withoutBroadcast(node.op, node, inputs, builder);
    case "sum_rows":
    case "sum_width": {
      const negated = operandOf("negate", inputs[0]!, builder);
      const x = negated ?? inputs[0]!;
      const rest = node.op === "sum_rows" ? withoutCentred(x, builder) : null;
      if (negated === null && rest === null) return null;
      const sum = builder.add(node.op, [rest ?? x], {}, node.origin);
      return negated === null ? sum : builder.add("negate", [sum], {}, node.origin);
    }
    default:
      return null;
  }
}

/**
 * The other part of a sum with rows that add up to 0. The sum over all rows then need not wait for their
 * factor.
 */
function withoutCentred(id: NodeId, builder: GraphBuilder): NodeId | null {
  const { op, inputs } = builder.node(id);
  if (op !== "add") return null;
  const [a, b] = inputs as readonly [NodeId, NodeId];
  if (isCentred(b, builder)) return a;
  return isCentred(a, builder) ? b : null;
}

/** x − E, where E is the mean of x over the batch, or this difference times a value known once. */
function isCentred(id: NodeId, builder: GraphBuilder): boolean {
  let node = builder.node(id);
  while (node.op === "multiply") {
    const isOnce = (operand: NodeId) => builder.typeOf(operand).rows.kind === "once";
    const rows = node.inputs.find((operand) => !isOnce(operand));
    if (rows === undefined || !node.inputs.some(isOnce)) return false;
    node = builder.node(rows);
  }
  const { op, inputs, type } = node;
  if (op !== "subtract") return false;
  const [x, mean] = inputs as readonly [NodeId, NodeId];
  const { op: of, inputs: averaged } = builder.node(mean);
  return of === "batch_mean" && averaged[0] === x && sameType(builder.typeOf(x), type);
}

/** The input of the node `id` if it is an `op`. */
function operandOf(op: "negate" | "broadcast_like", id: NodeId, builder: GraphBuilder): NodeId | null {
  const node = builder.node(id);
  return node.op === op ? node.inputs[0]! : null;
}

/** a + (−b) = a − b, (−a) + b = b − a, a − (−b) = a + b. */
function withoutNegation(
  op: "add" | "subtract",
  { origin }: Node,
  [a, b]: readonly NodeId[],
  builder: GraphBuilder,
): NodeId | null {
  const right = operandOf("negate", b!, builder);
  if (right !== null) return builder.add(op === "add" ? "subtract" : "add", [a!, right], {}, origin);
  const left = op === "add" ? operandOf("negate", a!, builder) : null;
  return left === null ? null : builder.add("subtract", [b!, left], {}, origin);
}

/** Ops on two values broadcast a value known once by themselves, if the other operand has the rows. */
function withoutBroadcast(
  op: "add" | "subtract" | "multiply" | "divide",
  node: Node,
  [a, b]: readonly NodeId[],
  builder: GraphBuilder,
): NodeId | null {
  const carries = (id: NodeId) => {
    const { rows, dims } = builder.typeOf(id);
    return sameRows(rows, node.type.rows) && sameDims(dims, node.type.dims);
  };
  const left = operandOf("broadcast_like", a!, builder);
  const right = operandOf("broadcast_like", b!, builder);
  const operands =
    right !== null && carries(a!) ? [a!, right] : left !== null && carries(b!) ? [left, b!] : null;
  if (operands === null) return null;
  const result = builder.add(op, operands, {}, node.origin);
  return sameType(builder.typeOf(result), node.type) ? result : null;
}
