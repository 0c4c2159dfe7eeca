// Finds the tables of a ranking program in WebAssembly's memory (see middle/passes/project-tables.ts):
// projected ones, which are products of a table with weights that only lookups read, and copied ones.

import type { Node, NodeId, ValidGraph } from "../../middle/graph/graph.ts";

/** They are computed after all other values of phase `load`. */
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

/** Projected tables, and the tables named in `beside`. */
export function tablesInMemory(graph: ValidGraph, beside: ReadonlySet<string>): ReadonlySet<NodeId> {
  const copied = graph.nodes.filter(({ op, attributes }) => op === "table" && beside.has(attributes.name));
  return new Set([...projectedNodes(graph), ...copied.map(({ id }) => id)]);
}

/** Tells whether the node looks up rows of a table in memory, one for each of its own rows. */
export function isLookupInMemory(inMemory: ReadonlySet<NodeId>, { op, inputs }: Node): boolean {
  return op === "lookup" && inMemory.has(inputs[0]!);
}

function isProduct(nodes: readonly Node[], { op, attributes, inputs, type }: Node): boolean {
  if (op !== "matmul" || type.dims.length !== 1) return false;
  return nodes[inputs[0]!]!.op === "table" && !attributes.transpose;
}
