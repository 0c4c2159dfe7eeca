// Multiplies the rows of a table by the weights that they meet first when weights are loaded, where a request then saves more than
// it reads: lookup(T, ids) W becomes lookup(T W, ids), and of concat(lookup(T, ids), x) W the part of T does.

import { invariant } from "../../common/internal-error.ts";
import type { GraphBuilder } from "../build/builder.ts";
import { rewrite } from "../build/rewrite.ts";
import type { OpAttributes } from "../graph/attributes.ts";
import { definitionIn } from "../graph/define-op.ts";
import type { Graph, Node, NodeId } from "../graph/graph.ts";
import { perOf } from "../graph/types.ts";
import { ops } from "../ops/registry.ts";
import { sameType } from "../ops/support/shapes.ts";
import { assumedCount } from "./linear-terms.ts";

/** What decides which tables are projected. */
export interface TableSizes {
  /** How many rows a table has; null where it is not known, or the table is not one of floats. */
  readonly rowsOf: (table: string) => number | null;
  /** All projected tables together have at most so many. */
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
/** More are not taken apart: a list joined to itself again and again has endlessly many. */
const MOST_PARTS = 256;

/** A part of a product's input that is made of a table's rows. */
interface Part {
  readonly table: string;
  readonly width: number;
  /** The rows of the weights that it meets. */
  readonly from: number;
  readonly rows: number;
  /** The node of its lookup. */
  readonly lookup: Node;
}

/**
 * The tables of a projected Graph whose rows candidates look up and that have room beside the projected ones, the smallest first:
 * where they lie there too, no row has to be copied for a request. None where copying takes a small share of it anyway.
 */
export function tablesBeside(
  graph: Graph,
  { rowsOf, bytes }: TableSizes,
): { table: string; bytes: number }[] {
  const all = graph.nodes.reduce((sum, node) => sum + flopsOf(graph, node), 0);
  const sizes = new Map<string, number>();
  let copied = 0;
  for (const { op, inputs, type } of graph.nodes) {
    const table = graph.nodes[inputs[0] ?? -1];
    if (op !== "lookup" || table?.op !== "table" || perOf(type.rows) !== "candidate") continue;
    const { name, width, beside } = table.attributes as OpAttributes["table"];
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
  const chosen = choose(graph, sizes, worth);
  if (chosen.size === 0) return graph;
  return rewrite(graph, (node, inputs, builder) => {
    if (!chosen.has(node.id)) return null;
    const [x, w] = inputs as readonly [NodeId, NodeId];
    const result = project(builder, x, w, node, chosen.get(node.id)!);
    invariant(sameType(builder.typeOf(result), node.type), `projecting node ${node.id} changed its type`);
    return result;
  });
}

/** The projected tables of a Graph. */
export function projectedTables({ nodes }: Graph): ProjectedTable[] {
  return nodes.flatMap(({ op, type: { rows, dims } }) =>
    op === "matmul" && rows.kind === "table" ? [{ table: rows.table, width: dims[0]! }] : [],
  );
}

/** By product: where in its input the parts begin that are worth it. The best for their memory are taken first. */
function choose(
  graph: Graph,
  { rowsOf, bytes }: TableSizes,
  worth: Worth,
): ReadonlyMap<NodeId, ReadonlySet<number>> {
  const all = graph.nodes.map((node) => flopsOf(graph, node)).reduce((sum, flops) => sum + flops, 0);
  /** Products of the same rows of the same weights with the same table are one projected table. */
  const projected = new Map<string, { saved: number; bytes: number; uses: [NodeId, number][] }>();
  for (const node of graph.nodes)
    for (const part of partsOf(graph, node, rowsOf)) {
      const outer = node.type.dims[0]!;
      const key = [part.table, node.inputs[1], part.from].join(" ");
      const found = projected.get(key) ?? {
        saved: 0,
        bytes: part.rows * outer * BYTES_PER_NUMBER,
        uses: [],
      };
      projected.set(key, found);
      found.saved += savedBy(graph, part, outer, worth);
      found.uses.push([node.id, part.from]);
    }
  const chosen = new Map<NodeId, Set<number>>();
  let left = bytes;
  const best = [...projected.values()].toSorted((a, b) => b.saved / b.bytes - a.saved / a.bytes);
  for (const { saved, bytes: own, uses } of best) {
    if (saved < worth.leastShare * all || own > left) continue;
    left -= own;
    for (const [product, from] of uses) {
      const known = chosen.get(product);
      if (known === undefined) chosen.set(product, new Set([from]));
      else known.add(from);
    }
  }
  return chosen;
}

/** Of a request with the usual numbers of rows; tables are none of it. */
function flopsOf({ nodes }: Graph, { op, attributes, inputs, type: output }: Node): number {
  if (output.rows.kind === "table") return 0;
  const types = inputs.map((input) => nodes[input]!.type);
  return definitionIn(ops, op).flops({ attributes, inputs: types, output }, assumedCount);
}

/** Operations of a request that a part's product costs, less what reading longer rows does. */
function savedBy(
  { nodes }: Graph,
  { lookup, width }: Part,
  outer: number,
  { reading, readingOfSets }: Worth,
): number {
  const rows = assumedCount(lookup.type.rows);
  const product = 2 * rows * width * outer;
  if (lookup.op === "lookup") return product - 2 * reading * rows * outer;
  const values = assumedCount(nodes[lookup.inputs[1]!]!.type.rows);
  return product - 2 * readingOfSets * values * (outer - width);
}

/** The parts of a product with weights that could be projected. */
function partsOf({ nodes }: Graph, node: Node, rowsOf: TableSizes["rowsOf"]): Part[] {
  if (node.op !== "matmul" || (node.attributes as OpAttributes["matmul"]).transpose) return [];
  if (node.type.dims.length !== 1) return [];
  let from = 0;
  return concatenated((id) => nodes[id]!, node.inputs[0]!).flatMap((id) => {
    const lookup = nodes[id]!;
    const at = from;
    from += lookup.type.dims[0]!;
    const table = nodes[lookup.inputs[0] ?? id]!;
    if (!isSumOfRows(lookup) || table.op !== "table") return [];
    const { name, width, beside } = table.attributes as OpAttributes["table"];
    const rows = beside === undefined ? rowsOf(name) : null;
    return rows === null ? [] : [{ table: name, width, from: at, rows, lookup }];
  });
}

/** What x is put together from, side by side. */
function concatenated(node: (id: NodeId) => Node, x: NodeId): NodeId[] {
  const operands: NodeId[] = [];
  const open = [x];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const { op, inputs } = node(id);
    if (op === "concat" && operands.length + open.length + inputs.length <= MOST_PARTS)
      open.push(...inputs.toReversed());
    else operands.push(id);
  }
  return operands;
}

function isSumOfRows({ op, attributes }: Node): boolean {
  return (
    op === "lookup" ||
    (op === "pooled_lookup" && (attributes as OpAttributes["pooled_lookup"]).pool === "sum")
  );
}

/** x w, with the parts of x that begin at `chosen` looked up in projected tables. */
function project(
  builder: GraphBuilder,
  x: NodeId,
  w: NodeId,
  { origin }: Node,
  chosen: ReadonlySet<number>,
): NodeId {
  const sums: NodeId[] = [];
  const left: NodeId[] = [];
  const leftWeights: NodeId[] = [];
  let from = 0;
  for (const part of concatenated((id) => builder.node(id), x)) {
    const to = from + builder.typeOf(part).dims[0]!;
    const weights = rowsOfWeights(builder, w, from, to, origin);
    if (chosen.has(from)) {
      const {
        op: lookup,
        inputs: [table, ...ids],
        attributes,
      } = builder.node(part);
      const rows = builder.add("matmul", [table!, weights], { transpose: false }, origin);
      sums.push(builder.add(lookup, [rows, ...ids], attributes, origin));
    } else {
      left.push(part);
      leftWeights.push(weights);
    }
    from = to;
  }
  if (left.length > 0) {
    const [rest, weights] = [left, leftWeights].map((parts) =>
      parts.length === 1 ? parts[0]! : builder.add("concat", parts, { dim: 0 }, origin),
    ) as [NodeId, NodeId];
    sums.push(builder.add("matmul", [rest, weights], { transpose: false }, origin));
  }
  return sums.reduce((a, b) => builder.add("add", [a, b], {}, origin));
}

/** The rows `from` … `to` − 1 of w: the parts that it was put together from, where they are such. */
function rowsOfWeights(
  builder: GraphBuilder,
  w: NodeId,
  from: number,
  to: number,
  origin: Node["origin"],
): NodeId {
  const { op, attributes, inputs, type } = builder.node(w);
  if (from === 0 && to === type.dims[0]) return w;
  if (op === "concat" && (attributes as OpAttributes["concat"]).dim === 0) {
    let at = 0;
    for (const part of inputs) {
      const end = at + builder.typeOf(part).dims[0]!;
      if (at === from && end === to) return part;
      at = end;
    }
  }
  return builder.add("slice", [w], { dim: 0, from, to }, origin);
}
