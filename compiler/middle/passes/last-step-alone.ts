// Removes the computation of unused steps. If a network reads only the last step (BST's candidate, which was appended to the
// history), per-step computations run for that step alone, and attention has one query.

import { append } from "../../common/arrays.ts";
import type { GraphBuilder } from "../builder/builder.ts";
import { rewrite } from "../builder/rewrite.ts";
import type { OpName } from "../graph/attributes.ts";
import { hasAlwaysSteps } from "../graph/derived-axes.ts";
import type { Graph, Node, NodeId } from "../graph/graph.ts";
import { sizeOf, type TensorType } from "../graph/types.ts";
import { hasTrait, isElementwise } from "../ops/registry.ts";

/**
 * Moves `last_step` before other ops where possible. Applies to axes that are longer than their history,
 * because those always have a last step.
 */
export function lastStepAlone(graph: Graph): Graph {
  const known = new Map<NodeId, NodeId>();
  return rewrite(graph, (node, [x], builder) =>
    node.op === "last_step" && hasSteps(builder.typeOf(x!)) ? lastOf(builder, x!, known) : null,
  );
}

function hasSteps({ rows }: TensorType): boolean {
  return rows.kind === "steps" && hasAlwaysSteps(rows.history);
}

/** The last step of a value over such steps; other values are the same for all steps. */
function lastOf(builder: GraphBuilder, id: NodeId, known: Map<NodeId, NodeId>): NodeId {
  const isOpen = (each: NodeId) => hasSteps(builder.typeOf(each)) && !known.has(each);
  const last = (each: NodeId) => known.get(each) ?? each;
  // Not recursive: the chain is as long as the network is deep.
  const open = isOpen(id) ? [id] : [];
  for (let next = open.at(-1); next !== undefined; next = open.at(-1)) {
    const waiting = movedOver(builder.node(next)).filter(isOpen);
    if (waiting.length > 0) {
      append(open, waiting);
      continue;
    }
    open.pop();
    if (isOpen(next))
      known.set(next, moved(builder, next, last) ?? builder.add("last_step", [next], {}, null));
  }
  return last(id);
}

/** The inputs whose last step alone is needed for the node's last step. */
function movedOver({ op, inputs, type }: Node): readonly NodeId[] {
  if (op === "attention" && type.dims.length === 1) return inputs.slice(0, 1);
  return op === "attention" || isForLast(op) ? inputs : [];
}

function isForLast(op: OpName): boolean {
  return op === "repeat_candidates" || hasTrait(op, "byRow") || isElementwise(op);
}

function moved(builder: GraphBuilder, id: NodeId, last: (input: NodeId) => NodeId): NodeId | null {
  const node = builder.node(id);
  const { inputs, origin, type } = node;
  const forLast = () => builder.add(node.op, inputs.map(last), node.attributes, origin);
  if (node.op === "scatter_last_step" || node.op === "repeat") return inputs[0]!;
  if (isForLast(node.op)) return forLast();
  if (node.op !== "attention") return null;
  // If the queries are items of a list, each attends to the keys of its own step.
  if (type.dims.length > 1) return forLast();
  const [q, k, v] = inputs as readonly [NodeId, NodeId, NodeId];
  const query = last(q);
  const asList = builder.add("reshape", [query], { dims: [1, sizeOf(builder.typeOf(query).dims)] }, origin);
  // The last query attends to the keys of all positions, causal or not.
  const settings = { ...node.attributes, causal: false };
  const attended = builder.add("attention", [asList, k, v], settings, origin);
  return builder.add("reshape", [attended], { dims: type.dims }, origin);
}
