// Makes a Graph for inference: nothing in it depends on the other rows of a batch any more.

import type { Graph } from "../graph/graph.ts";
import { rewrite } from "../graph/rewrite.ts";

/** Every batch statistic becomes the moving average that stands for it; what only training reads is gone. */
export function freezeStatistics(graph: Graph): Graph {
  return rewrite(graph, (node, inputs) => {
    if (node.op === "batch_mean") return inputs[1]!;
    return node.op === "stop_gradient" ? inputs[0]! : null;
  });
}
