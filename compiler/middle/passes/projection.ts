// Moves a product of looked-up rows before the lookup: lookup(T, ids) W becomes lookup(T W, ids), also for
// the part of T in concat(lookup(T, ids), x) W. Passes decide for which products this saves work.

import { invariant } from "../../common/internal-error.ts";
import type { GraphBuilder } from "../builder/builder.ts";
import { rewrite } from "../builder/rewrite.ts";
import { definitionIn } from "../graph/define-op.ts";
import type { Graph, Node, NodeId } from "../graph/graph.ts";
import type { Rows } from "../graph/types.ts";
import { ops } from "../ops/registry.ts";
import { sameType } from "../ops/support/shapes.ts";

/** Limits the number of parts: a list that is joined to itself repeatedly has endlessly many. */
const MOST_PARTS = 256;

/** A table times its rows' first weights, which several products may share. */
export interface Projection {
  readonly table: string;
  readonly rows: number;
  /** The widths of a row before and after the projection. */
  readonly width: number;
  readonly outer: number;
  readonly uses: readonly PartUse[];
}

/** A part of the input of `product`, which begins at the offset `from`. */
export interface PartUse {
  readonly product: NodeId;
  readonly from: number;
  readonly lookup: Node;
}

/** By product, the offsets of the parts to project. */
export type Chosen = ReadonlyMap<NodeId, ReadonlySet<number>>;

export function chosenOf(uses: readonly Pick<PartUse, "product" | "from">[]): Chosen {
  const chosen = new Map<NodeId, Set<number>>();
  for (const { product, from } of uses) {
    const known = chosen.get(product);
    if (known === undefined) chosen.set(product, new Set([from]));
    else known.add(from);
  }
  return chosen;
}

/** The Graph with the chosen parts projected; it computes the same. */
export function project(graph: Graph, chosen: Chosen): Graph {
  if (chosen.size === 0) return graph;
  return rewrite(graph, (node, inputs, builder) => {
    if (!chosen.has(node.id)) return null;
    const [x, w] = inputs as readonly [NodeId, NodeId];
    const result = projected(builder, x, w, node, chosen.get(node.id)!);
    invariant(sameType(builder.typeOf(result), node.type), `projecting node ${node.id} changed its type`);
    return result;
  });
}

/** All possible projections of tables whose number of rows is known. */
export function projectionsOf(graph: Graph, rowsOf: (table: string) => number | null): Projection[] {
  const found = new Map<string, Projection & { readonly uses: PartUse[] }>();
  for (const node of graph.nodes)
    for (const { table, from, lookup } of partsOf(graph, node)) {
      const { name, width, beside } = table.attributes;
      const rows = beside === undefined ? rowsOf(name) : null;
      if (rows === null) continue;
      const key = [name, node.inputs[1], from].join(" ");
      const projection = found.get(key) ?? { table: name, rows, width, outer: node.type.dims[0]!, uses: [] };
      projection.uses.push({ product: node.id, from, lookup });
      found.set(key, projection);
    }
  return [...found.values()];
}

/** The operations of a node for the given numbers of rows. */
export function flopsOf(
  { nodes }: Graph,
  { op, attributes, inputs, type: output }: Node,
  count: (rows: Rows) => number,
): number {
  const types = inputs.map((input) => nodes[input]!.type);
  return definitionIn(ops, op).flops({ attributes, inputs: types, output }, count);
}

/** The parts of a product's input that are rows of tables. */
function partsOf({ nodes }: Graph, node: Node): { table: Node<"table">; from: number; lookup: Node }[] {
  if (node.op !== "matmul" || node.attributes.transpose) return [];
  if (node.type.dims.length !== 1) return [];
  let from = 0;
  return concatenated((id) => nodes[id]!, node.inputs[0]!).flatMap((id) => {
    const lookup = nodes[id]!;
    const at = from;
    from += lookup.type.dims[0]!;
    const table = nodes[lookup.inputs[0] ?? id]!;
    if (!isSumOfRows(lookup) || table.op !== "table") return [];
    return [{ table: table, from: at, lookup }];
  });
}

/** The parts of x that are concatenated. */
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
  return op === "lookup" || (op === "pooled_lookup" && attributes.pool === "sum");
}

/** x w, where the parts of x that begin at `chosen` are looked up in projected tables. */
function projected(
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

/** The rows `from` … `to` − 1 of w. If w was concatenated from such parts, these are returned. */
function rowsOfWeights(
  builder: GraphBuilder,
  w: NodeId,
  from: number,
  to: number,
  origin: Node["origin"],
): NodeId {
  const { op, attributes, inputs, type } = builder.node(w);
  if (from === 0 && to === type.dims[0]) return w;
  if (op === "concat" && attributes.dim === 0) {
    let at = 0;
    for (const part of inputs) {
      const end = at + builder.typeOf(part).dims[0]!;
      if (at === from && end === to) return part;
      at = end;
    }
  }
  return builder.add("slice", [w], { dim: 0, from, to }, origin);
}
