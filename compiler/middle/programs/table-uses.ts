// Finds the inputs of a Graph that hold ids of each table, from its lookups, so that no second list is
// needed.

import { invariant } from "../../common/internal-error.ts";
import type { Graph, Node } from "../graph/graph.ts";
import { isLookup } from "../ops/support/elements.ts";

export interface TableUse {
  /** `item_id` or `clicks.item_id` */
  readonly input: string;
  readonly table: string;
  /** The source of the ids: the feature's column, or the history's field. */
  readonly feature: string;
  /** The history whose steps the ids belong to; null for an example's own. */
  readonly history: string | null;
  /** See `FeatureRole`. */
  readonly served?: number;
  /** Whether a row may have any number of ids, which are pooled. */
  readonly set: boolean;
}

/** Every (input, table) pair of the Graph once, in the order of its lookups. */
export function tableUses(graph: Graph): TableUse[] {
  const uses = new Map<string, TableUse>();
  for (const node of graph.nodes) {
    if (!isLookup(node.op)) continue;
    const [table, ids] = node.inputs.map((input) => graph.nodes[input]!);
    // Looks up the table itself, or the products of its rows.
    const rows = table?.type.rows;
    if (rows?.kind !== "table") continue;
    invariant(ids?.op === "input", "a lookup in a table reads an input's ids");
    const use = useOf(rows.table, ids);
    // No name of a spec has a blank.
    uses.set(`${use.input} ${use.table}`, use);
  }
  return [...uses.values()];
}

function useOf(table: string, ids: Node<"input">): TableUse {
  const { name: input, role } = ids.attributes;
  invariant(role.kind === "feature", `${input} is looked up in a table, but is no feature`);
  const { kind: _, ...placed } = role;
  return { input, table, ...placed, set: ids.type.rows.kind === "elements" };
}
