// Multiplies the rows of a table by their first layer's weights when weights are loaded, if a request saves
// more than the longer rows cost: lookup(T, ids) W becomes lookup(T W, ids), also for the part of T in
// concat(lookup(T, ids), x) W.

import type { Graph, Node } from "../graph/graph.ts";
import { perOf, type Rows } from "../graph/types.ts";
import { assumedCount } from "./linear-terms.ts";
import { type Chosen, chosenOf, flopsOf, type Projection, project, projectionsOf } from "./projection.ts";

/** Sizes that decide which tables are projected. */
export interface TableSizes {
  /** The number of rows of a table; null if it is unknown or the table does not hold floats. */
  readonly rowsOf: (table: string) => number | null;
  /** The maximum of the bytes of all projected tables together. */
  readonly bytes: number;
}

export interface ProjectedTable {
  readonly table: string;
  readonly width: number;
}

/** The thresholds for projecting. */
export interface Worth {
  /** The cost of reading one number of a projected row and adding it, in multiply-adds. */
  readonly reading: number;
  /** The same cost for each value of a set, whose rows are added up outside of WebAssembly. */
  readonly readingOfSets: number;
  /** The smallest share of a request's operations that a table must save to be worth its memory. */
  readonly leastShare: number;
}

/** Measured on DeepFM and DIN. */
const measured: Worth = { reading: 4, readingOfSets: 20, leastShare: 0.01 };
/** The cost of copying one number of a row to WebAssembly, in multiply-adds. */
const COPYING = 10;
const BYTES_PER_NUMBER = 4;

/**
 * The tables, smallest first, whose rows candidates look up and that fit into memory beside the projected
 * ones. Then no row has to be copied for a request. Empty if copying takes only a small share of a request.
 */
export function tablesBeside(
  graph: Graph,
  { rowsOf, bytes }: TableSizes,
): { table: string; bytes: number }[] {
  const all = graph.nodes.reduce((sum, node) => sum + flopsOf(graph, node, requestCount), 0);
  const sizes = new Map<string, number>();
  let copied = 0;
  for (const { op, inputs, type } of graph.nodes) {
    const table = graph.nodes[inputs[0] ?? -1];
    if (op !== "lookup" || table?.op !== "table" || perOf(type.rows) !== "candidate") continue;
    const { name, width, beside } = table.attributes;
    const rows = beside === undefined ? rowsOf(name) : null;
    if (rows === null) continue;
    sizes.set(name, rows * width * BYTES_PER_NUMBER);
    copied += 2 * COPYING * assumedCount(type.rows) * width;
  }
  if (copied < measured.leastShare * all) return [];
  const projected = projectedTables(graph).map(({ table, width }) => (rowsOf(table) ?? 0) * width);
  let left = bytes - BYTES_PER_NUMBER * projected.reduce((sum, numbers) => sum + numbers, 0);
  return [...sizes]
    .toSorted(([, a], [, b]) => a - b)
    .flatMap(([table, own]) => {
      left -= own;
      return left < 0 ? [] : [{ table, bytes: own }];
    });
}

/** Replaces parts of products that are rows of tables by lookups in projected tables, if that saves work. */
export function projectTables(graph: Graph, sizes: TableSizes, worth: Worth = measured): Graph {
  return project(graph, choose(graph, sizes, worth));
}

/** The projected tables of a Graph. */
export function projectedTables({ nodes }: Graph): ProjectedTable[] {
  return nodes.flatMap(({ op, type: { rows, dims } }) =>
    op === "matmul" && rows.kind === "table" ? [{ table: rows.table, width: dims[0]! }] : [],
  );
}

/** The estimated rows of a request. Tables are multiplied before it, so they cost nothing. */
function requestCount(rows: Rows): number {
  return rows.kind === "table" ? 0 : assumedCount(rows);
}

/**
 * By product, the offsets of the parts of its input that are worth projecting. Those that save most per byte
 * are chosen first.
 */
function choose(graph: Graph, { rowsOf, bytes }: TableSizes, worth: Worth): Chosen {
  const all = graph.nodes.reduce((sum, node) => sum + flopsOf(graph, node, requestCount), 0);
  const candidates = projectionsOf(graph, rowsOf).map((projection) => ({
    uses: projection.uses,
    saved: projection.uses.reduce((sum, { lookup }) => sum + savedBy(graph, lookup, projection, worth), 0),
    bytes: projection.rows * projection.outer * BYTES_PER_NUMBER,
  }));
  let left = bytes;
  const best = candidates.toSorted((a, b) => b.saved / b.bytes - a.saved / a.bytes);
  const worthIt = best.filter(({ saved, bytes: own }) => {
    if (saved < worth.leastShare * all || own > left) return false;
    left -= own;
    return true;
  });
  return chosenOf(worthIt.flatMap(({ uses }) => uses));
}

/** The operations that a part's product costs a request, less the cost of reading longer rows. */
function savedBy(
  { nodes }: Graph,
  lookup: Node,
  { width, outer }: Projection,
  { reading, readingOfSets }: Worth,
): number {
  const rows = assumedCount(lookup.type.rows);
  const product = 2 * rows * width * outer;
  if (lookup.op === "lookup") return product - 2 * reading * rows * outer;
  const values = assumedCount(nodes[lookup.inputs[1]!]!.type.rows);
  return product - 2 * readingOfSets * values * (outer - width);
}
