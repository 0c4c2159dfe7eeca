// Keeps of a Graph what its outputs and updates depend on.

import { GraphBuilder } from "../graph/builder.ts";
import type { Graph, NodeId } from "../graph/graph.ts";
import { invariant } from "../internal-error.ts";

export function reachable(graph: Graph): Graph {
  const wanted = new Set<NodeId>([...graph.outputs.values(), ...graph.updates.values()]);
  for (const node of graph.nodes.toReversed())
    if (wanted.has(node.id)) for (const input of node.inputs) wanted.add(input);
  const builder = new GraphBuilder();
  const copies = new Map<NodeId, NodeId>();
  const copyOf = (id: NodeId): NodeId => {
    const copy = copies.get(id);
    invariant(copy !== undefined, `node ${id} is used before it is made`);
    return copy;
  };
  for (const node of graph.nodes) {
    if (!wanted.has(node.id)) continue;
    if (node.op === "parameter") {
      const { name } = node.attributes as { name: string };
      const parameter = graph.parameters.get(name);
      invariant(parameter, `no parameter ${name}`);
      builder.declare(parameter);
    }
    copies.set(node.id, builder.add(node.op, node.inputs.map(copyOf), node.attributes, node.origin));
  }
  for (const name of graph.updates.keys()) builder.declare(graph.parameters.get(name)!);
  for (const [name, id] of graph.outputs) builder.output(name, copyOf(id));
  for (const [name, id] of graph.updates) builder.update(name, copyOf(id));
  return builder.finish();
}
