// The base of passes: copies a Graph node by node into a new one and replaces some nodes on the way.

import { copyInto, type Replacement } from "../graph/copy.ts";
import type { Graph } from "../graph/graph.ts";
import { GraphBuilder } from "./builder.ts";

/** The replaced Graph. What is not used any more stays, until `drop-dead-nodes`. */
export function rewrite(graph: Graph, replace: Replacement<GraphBuilder>): Graph {
  const builder = new GraphBuilder();
  for (const parameter of graph.parameters.values()) builder.declare(parameter);
  const copies = copyInto(builder, graph.nodes, replace);
  for (const [name, id] of graph.outputs) builder.outputAs(graph, name, copies(id));
  for (const [name, id] of graph.updates) builder.update(name, copies(id));
  return builder.finish();
}
