// Makes a Graph for inference: nothing in it depends on randomness or on other rows of a batch.

import { rewrite } from "../builder/rewrite.ts";
import type { Graph } from "../graph/graph.ts";

/** Replaces every batch statistic by its moving average, and removes ops that only training needs. */
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
