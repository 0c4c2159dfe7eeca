// Makes a Graph for training: `while_training` has a meaning of its own only until training and predicting have separate Graphs.

import { rewrite } from "../builder/rewrite.ts";
import type { Graph } from "../graph/graph.ts";

/** Replaces every value that differs in predictions by that of training. */
export function trainingValues(graph: Graph): Graph {
  return rewrite(graph, (node, inputs) => (node.op === "while_training" ? inputs[0]! : null));
}
