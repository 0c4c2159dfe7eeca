// Finds projected tables in a ranking program (see middle/passes/project-tables.ts): products of a table with weights that only
// lookups read. A plan computes them after all other values of phase `load`, in WebAssembly where there is some.

import type { OpAttributes } from "../../middle/graph/attributes.ts";
import type { Node, NodeId, ValidGraph } from "../../middle/graph/graph.ts";

export function projectedNodes({ nodes, outputs }: ValidGraph): ReadonlySet<NodeId> {
  const found = new Set(nodes.filter((node) => isProduct(nodes, node)).map(({ id }) => id));
  for (const id of outputs.values()) found.delete(id);
  for (const { op, inputs } of nodes)
    for (const [i, input] of inputs.entries()) {
      const isLookup = (op === "lookup" || op === "pooled_lookup") && i === 0;
      if (!isLookup) found.delete(input);
    }
  return found;
}

/** Whether the node's rows are those of a projected table by id, one for each of its own. */
export function isProjectedLookup(projected: ReadonlySet<NodeId>, { op, inputs }: Node): boolean {
  return op === "lookup" && projected.has(inputs[0]!);
}

function isProduct(nodes: readonly Node[], { op, attributes, inputs, type }: Node): boolean {
  if (op !== "matmul" || type.dims.length !== 1) return false;
  return nodes[inputs[0]!]!.op === "table" && !(attributes as OpAttributes["matmul"]).transpose;
}
