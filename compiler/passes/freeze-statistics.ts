// Makes a Graph for inference: nothing in it depends on the other rows of a batch any more.

import type { Graph } from "../graph/graph.ts";
import { rewrite } from "../graph/rewrite.ts";

/** Every batch statistic becomes the moving average that stands for it. */
export function freezeStatistics(graph: Graph): Graph {
  return rewrite(graph, (node, inputs) => (node.op === "batch_mean" ? inputs[1]! : null));
}
