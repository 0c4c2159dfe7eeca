// The base of passes: copies a Graph node by node into a new one and replaces some nodes.

import { copyInto, type Replacement } from "../graph/copy.ts";
import type { Graph } from "../graph/graph.ts";
import { GraphBuilder } from "./builder.ts";

/** The Graph with nodes replaced. Unused nodes remain until `drop-dead-nodes` runs. */
export function rewrite(graph: Graph, replace: Replacement<GraphBuilder>): Graph {
  const builder = new GraphBuilder();
  for (const parameter of graph.parameters.values()) builder.declare(parameter);
  const copies = copyInto(builder, graph.nodes, replace);
  for (const [name, id] of graph.outputs) builder.outputAs(graph, name, copies(id));
  for (const [name, id] of graph.updates) builder.update(name, copies(id));
  return builder.finish();
}
