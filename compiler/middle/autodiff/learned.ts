// Which parameters and tables a training changes: those that the loss reaches without passing a stop of its gradient.

import { definitionIn } from "../graph/define-op.ts";
import type { Graph, NodeId } from "../graph/graph.ts";
import { nameOfSource } from "../graph/narrow.ts";
import { ops } from "../ops/registry.ts";

/**
 * The names of the parameters and tables that learn. No decay and no optimizer may change the others, such as
 * `stop_gradient(parameter(8))`.
 */
export function learnedSources({ nodes, outputs }: Graph): ReadonlySet<string> {
  const reached = new Set<NodeId>(outputs.values());
  const learned = new Set<string>();
  for (const node of nodes.toReversed()) {
    if (!reached.has(node.id)) continue;
    if (node.op === "parameter" || node.op === "table") learned.add(nameOfSource(node));
    if (definitionIn(ops, node.op).stopsGradient !== true)
      for (const input of node.inputs) reached.add(input);
  }
  return learned;
}
