// Finds the inputs of a Graph that hold ids of each table, from its lookups, so that no second list is
// needed.

import { invariant } from "../../common/internal-error.ts";
import type { DrawnRole } from "../graph/attributes.ts";
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

/** Every pair of an input with ids of rows and a table once, in the order of the Graph's lookups. */
export function tableUses(graph: Graph): TableUse[] {
  return lookupsOf(graph).flatMap(({ table, ids }) => {
    const { name: input, role } = ids.attributes;
    if (role.kind === "drawn") return [];
    invariant(role.kind === "feature", `${input} is looked up in a table, but isn't a feature`);
    const { kind: _, ...placed } = role;
    return [{ input, table, ...placed, set: ids.type.rows.kind === "elements" }];
  });
}

/** An input with drawn ids, which are in no row. */
export interface Draw extends Omit<DrawnRole, "kind"> {
  readonly input: string;
  /** The tables that are looked up. */
  readonly tables: readonly string[];
  /** The number of ids. */
  readonly count: number;
}

export function drawsOf(graph: Graph): Draw[] {
  const lookups = lookupsOf(graph);
  return graph.nodes.flatMap((node) => {
    if (node.op !== "input" || node.attributes.role.kind !== "drawn") return [];
    const { name: input, role } = node.attributes;
    const { kind: _, ...draw } = role;
    const tables = lookups.flatMap(({ table, ids }) => (ids.attributes.name === input ? [table] : []));
    return [{ ...draw, input, tables, count: node.type.dims[0]! }];
  });
}

/** The tables with rows that are all keys of a loss, whether the batch has their ids or not. */
export function wholeTables({ nodes }: Graph): ReadonlySet<string> {
  return new Set(
    nodes.flatMap(({ op, inputs: [, ...keys] }) => {
      const all = op === "log_partition" ? keys.map((key) => nodes[key]!.type.rows) : [];
      return all.flatMap((rows) => (rows.kind === "table" ? [rows.table] : []));
    }),
  );
}

/** Every pair of a table and an input that is looked up in it, or in the products of its rows, once. */
function lookupsOf({ nodes }: Graph): readonly { readonly table: string; readonly ids: Node<"input"> }[] {
  const found = new Map<string, { readonly table: string; readonly ids: Node<"input"> }>();
  for (const node of nodes) {
    if (!isLookup(node.op)) continue;
    const [table, ids] = node.inputs.map((input) => nodes[input]!);
    const rows = table?.type.rows;
    if (rows?.kind !== "table") continue;
    invariant(ids?.op === "input", "a lookup in a table reads an input's ids");
    // No name of a spec has a blank.
    found.set(`${ids.attributes.name} ${rows.table}`, { table: rows.table, ids });
  }
  return [...found.values()];
}
