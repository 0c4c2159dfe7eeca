// Where the rows of a training step belong, and what of a value an op reads: rows of the same examples alone,
// or any. Threads share out a batch by examples and tables by their rows; what reads rows of others waits
// until all of them are there.

import type { OpName } from "../../../middle/graph/attributes.ts";
import type { Graph, Node } from "../../../middle/graph/graph.ts";
import type { Rows } from "../../../middle/graph/types.ts";

/** Rows of examples (their steps, and the values of their sets), of one table, or none: known once. */
export type Domain = "examples" | "table" | "once";

export function domainOf(rows: Rows): Domain {
  return rows.kind === "once" || rows.kind === "table" ? rows.kind : "examples";
}

/** Ops that reduce all rows of their first input to one value. */
const reductions: ReadonlySet<OpName> = new Set<OpName>([
  "sum_rows",
  "batch_mean",
  "contract_rows",
  "scatter_positions",
]);

/** Whether the node adds up rows, slice by slice. */
export function isReduction(node: Node, graph: Graph): boolean {
  return reductions.has(node.op) && graph.nodes[node.inputs[0]!]!.type.rows.kind !== "once";
}

/** Whether ids say for each value of a set which row has it: ascending, and of the same example. */
export function isOwner(ids: Node): boolean {
  return ids.op === "input" && ids.attributes.role.kind === "owner";
}

/** Whether the node is a sum by ids that may name any row, so that it goes by the inverse of its ids. */
export function usesIndex(node: Node, graph: Graph): boolean {
  return node.op === "lookup_gradient" && !isOwner(graph.nodes[node.inputs[1]!]!);
}

/** Whether input `place` of the node is read at other rows than the node's own. */
export function readsOtherRows(node: Node, place: number, graph: Graph): boolean {
  if (usesIndex(node, graph)) return place === 0;
  if (place !== 0 || (node.op !== "lookup" && node.op !== "pooled_lookup")) return false;
  const x = graph.nodes[node.inputs[0]!]!;
  if (domainOf(x.type.rows) === "table") return true;
  return !isOwner(graph.nodes[node.inputs[1]!]!);
}

/** Values that are there before the step begins. */
const sources: ReadonlySet<OpName> = new Set<OpName>(["input", "parameter", "table", "constant"]);

export function isSource({ op }: Node): boolean {
  return sources.has(op);
}
