// Makes a Graph for inference: nothing in it depends on the other rows of a batch, or on chance, any more.

import { rewrite } from "../builder/rewrite.ts";
import type { Graph } from "../graph/graph.ts";

/** Every batch statistic becomes the moving average that stands for it; what only training does to a value is gone. */
export function freezeStatistics(graph: Graph): Graph {
  return rewrite(graph, (node, inputs) => {
    switch (node.op) {
      case "batch_mean":
        return inputs[1]!;
      case "dropout":
      case "stop_gradient":
        return inputs[0]!;
      default:
        return null;
    }
  });
}
