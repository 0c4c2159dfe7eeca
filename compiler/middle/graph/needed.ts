// Finds the nodes of a Graph that something depends on.

import type { Graph, Node, NodeId } from "./graph.ts";

/** The nodes that an output or an update depends on, in the Graph's order. */
export function neededNodes({ nodes, outputs, updates }: Graph): readonly Node[] {
  const needed = new Set<NodeId>([...outputs.values(), ...updates.values()]);
  for (const node of nodes.toReversed())
    if (needed.has(node.id)) for (const input of node.inputs) needed.add(input);
  return nodes.filter(({ id }) => needed.has(id));
}
