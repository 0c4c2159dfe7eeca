// What passes are made from: a Graph copied node by node into a new one, with some nodes replaced on the way.

import { invariant } from "../internal-error.ts";
import { GraphBuilder } from "./builder.ts";
import type { Graph, Node, NodeId } from "./graph.ts";

/**
 * Gives the new Graph's node that stands for `node`, or null to copy it. `inputs` are what stands for its inputs;
 * nodes may be looked at and added in `builder`.
 */
export type Replacement = (node: Node, inputs: readonly NodeId[], builder: GraphBuilder) => NodeId | null;

/** The replaced Graph. What is not used any more stays, until `drop-dead-nodes`. */
export function rewrite(graph: Graph, replace: Replacement): Graph {
  const builder = new GraphBuilder();
  for (const parameter of graph.parameters.values()) builder.declare(parameter);
  const copies = copyInto(builder, graph.nodes, replace);
  for (const [name, id] of graph.outputs) builder.output(name, copies(id));
  for (const [name, id] of graph.updates) builder.update(name, copies(id));
  return builder.finish();
}

/** Copies nodes, which stand in topological order, and says what stands for each. */
export function copyInto(
  builder: GraphBuilder,
  nodes: readonly Node[],
  replace: Replacement = () => null,
): (id: NodeId) => NodeId {
  const copies = new Map<NodeId, NodeId>();
  const copyOf = (id: NodeId): NodeId => {
    const copy = copies.get(id);
    invariant(copy !== undefined, `node ${id} is used before it is made`);
    return copy;
  };
  for (const node of nodes) {
    const inputs = node.inputs.map(copyOf);
    copies.set(
      node.id,
      replace(node, inputs, builder) ?? builder.add(node.op, inputs, node.attributes, node.origin),
    );
  }
  return copyOf;
}
