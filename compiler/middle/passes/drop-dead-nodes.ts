// Removes the nodes on which no output and no update of a Graph depends.

import { rewrite } from "../builder/rewrite.ts";
import type { Graph } from "../graph/graph.ts";
import { neededNodes } from "../graph/needed.ts";

/** The Graph without the nodes and parameters that no output and no update depends on. */
export function dropDeadNodes(graph: Graph): Graph {
  const nodes = neededNodes(graph);
  const read = new Set(nodes.filter((node) => node.op === "parameter").map((node) => node.attributes.name));
  const parameters = new Map(
    [...graph.parameters].filter(([name]) => read.has(name) || graph.updates.has(name)),
  );
  return rewrite({ ...graph, nodes, parameters }, () => null);
}
