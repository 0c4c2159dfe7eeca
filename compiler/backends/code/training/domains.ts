// The domains of rows in a training step, and which rows of a value an op reads: those of the same examples,
// or any. Threads divide a batch by examples and tables by their rows; code that reads rows of others waits
// until all of them exist.

import type { Graph, Node } from "../../../middle/graph/graph.ts";
import type { Rows } from "../../../middle/graph/types.ts";
import { hasTrait } from "../../../middle/ops/registry.ts";
import { isLookup } from "../../../middle/ops/support/elements.ts";

/**
 * Rows of examples (their steps, and the values of their sets), rows of one table, or no rows: known once.
 */
export type RowDomain = "examples" | "table" | "once";

export function domainOf(rows: Rows): RowDomain {
  return rows.kind === "once" || rows.kind === "table" ? rows.kind : "examples";
}

/** Tells whether the node sums rows, slice by slice. */
export function isReduction(node: Node, graph: Graph): boolean {
  return hasTrait(node.op, "reducesRows") && graph.nodes[node.inputs[0]!]!.type.rows.kind !== "once";
}

/** Tells whether ids give the row of each value of a set: ascending, and of the same example. */
export function isOwner(ids: Node): boolean {
  return ids.op === "input" && ids.attributes.role.kind === "owner";
}

/** Tells whether the node is a sum by ids of any row, so that it needs the inverse of its ids. */
export function usesIndex(node: Node, graph: Graph): boolean {
  return node.op === "lookup_gradient" && !isOwner(graph.nodes[node.inputs[1]!]!);
}

/** The inputs of a softmax's gradient that have its rows. */
const ownInputs: { readonly [of in "x" | "keys" | "bias"]: readonly number[] } = {
  x: [0, 2, 3],
  keys: [1],
  bias: [4],
};

/** Tells whether input `place` of the node is read at other rows than the node's own. */
export function readsOtherRows(node: Node, place: number, graph: Graph): boolean {
  if (usesIndex(node, graph)) return place === 0;
  if (node.op === "log_partition") return place > 0;
  if (node.op === "log_partition_gradient") return !ownInputs[node.attributes.of].includes(place);
  if (place !== 0 || !isLookup(node.op)) return false;
  const x = graph.nodes[node.inputs[0]!]!;
  if (domainOf(x.type.rows) === "table") return true;
  return !isOwner(graph.nodes[node.inputs[1]!]!);
}

/** Tells whether the value exists before the step begins. */
export function isSource({ op }: Node): boolean {
  return hasTrait(op, "source");
}
