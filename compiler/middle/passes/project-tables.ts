// Multiplies the rows of a table by the weights that they meet first when weights are loaded, where a request
// then saves more than it reads: lookup(T, ids) W becomes lookup(T W, ids), and of concat(lookup(T, ids), x)
// W the part of T does.

import type { Graph, Node } from "../graph/graph.ts";
import { perOf, type Rows } from "../graph/types.ts";
import { assumedCount } from "./linear-terms.ts";
import { type Chosen, chosenOf, flopsOf, type Projection, project, projectionsOf } from "./projection.ts";

/** What decides which tables are projected. */
export interface TableSizes {
  /** How many rows a table has; null where it is not known, or the table is not one of floats. */
  readonly rowsOf: (table: string) => number | null;
  /** The most bytes of all projected tables together. */
  readonly bytes: number;
}

export interface ProjectedTable {
  readonly table: string;
  readonly width: number;
}

/** What projecting has to be worth. */
export interface Worth {
  /** Multiply-adds that take as long as reading a number of a projected row and adding it. */
  readonly reading: number;
  /** The same for each value of a set, whose rows are added up outside of WebAssembly. */
  readonly readingOfSets: number;
  /** A table has to save so much of a request's operations, or its memory is not worth it. */
  readonly leastShare: number;
}

/** As measured on DeepFM and DIN. */
const measured: Worth = { reading: 4, readingOfSets: 20, leastShare: 0.01 };
/** Multiply-adds that take as long as copying a number of a row to WebAssembly. */
const COPYING = 10;
const BYTES_PER_NUMBER = 4;

/**
 * The tables of a projected Graph whose rows candidates look up and that have room beside the projected ones,
 * the smallest first: where they lie there too, no row has to be copied for a request. None where copying
 * takes a small share of it anyway.
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

/** The parts of products that are tables' rows go by tables that are multiplied before; all else stays. */
export function projectTables(graph: Graph, sizes: TableSizes, worth: Worth = measured): Graph {
  return project(graph, choose(graph, sizes, worth));
}

/** The projected tables of a Graph. */
export function projectedTables({ nodes }: Graph): ProjectedTable[] {
  return nodes.flatMap(({ op, type: { rows, dims } }) =>
    op === "matmul" && rows.kind === "table" ? [{ table: rows.table, width: dims[0]! }] : [],
  );
}

/** The rows of a request. Tables are multiplied before it. */
function requestCount(rows: Rows): number {
  return rows.kind === "table" ? 0 : assumedCount(rows);
}

/** By product: where in its input the parts begin that are worth it. The best for their memory are taken first. */
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

/** Operations of a request that a part's product costs, less what reading longer rows does. */
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
