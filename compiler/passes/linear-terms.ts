// A product x W seen as a sum: which operands x is put together from, which rows of W each meets, and how many rows
// an operand has before it is repeated.

import type { GraphBuilder } from "../graph/builder.ts";
import { type Node, type NodeId, type Rows, rowsKey } from "../graph/graph.ts";
import { unreachable } from "../internal-error.ts";
import type { OpName } from "../ops/registry.ts";
import { sameDims } from "../ops/support/shapes.ts";

/** `operand` times a sum of row ranges of W. */
export interface Term {
  readonly operand: NodeId;
  readonly pieces: readonly Piece[];
}

/** The rows `from` … `to` − 1 of W, added or subtracted. */
export interface Piece {
  readonly from: number;
  readonly to: number;
  readonly sign: 1 | -1;
}

/** Terms that have the same rows and are repeated in the same way: the `wrappers`, innermost first. */
export interface Group {
  readonly wrappers: readonly Node[];
  readonly rows: Rows;
  readonly terms: readonly Term[];
}

/**
 * Takes x [w] apart at `concat` and `negate`, and with `sums` at `add` and `subtract` too. Equal operands are one term.
 */
export function termsOf(builder: GraphBuilder, x: NodeId, sums: boolean): Term[] {
  const pieces = new Map<NodeId, Piece[]>();
  const visit = (id: NodeId, from: number, sign: 1 | -1): void => {
    const { op, inputs, type } = builder.node(id);
    const width = type.dims[0]!;
    const opposite = sign === 1 ? -1 : 1;
    if (op === "concat") {
      let at = from;
      for (const part of inputs) {
        visit(part, at, sign);
        at += builder.typeOf(part).dims[0]!;
      }
    } else if (op === "negate") {
      visit(inputs[0]!, from, opposite);
    } else if (
      sums &&
      (op === "add" || op === "subtract") &&
      inputs.every((input) => sameDims(builder.typeOf(input).dims, type.dims))
    ) {
      visit(inputs[0]!, from, sign);
      visit(inputs[1]!, from, op === "add" ? sign : opposite);
    } else {
      const known = pieces.get(id) ?? [];
      pieces.set(id, [...known, { from, to: from + width, sign }]);
    }
  };
  visit(x, 0, 1);
  return [...pieces].map(([operand, its]) => ({ operand, pieces: its }));
}

/**
 * Ops that a product may come before: each of their rows is a row of the input, or 0. Those that have such rows are no place for a
 * bias.
 */
const wrapping: ReadonlySet<OpName> = new Set<OpName>(["repeat", "fan_out", "place_last", "resize_steps"]);

/** Whether every row of what the wrappers make is a row of what they are given. */
export function isRepeated(wrappers: readonly Node[]): boolean {
  return wrappers.length > 0 && wrappers.every(({ op }) => op === "repeat" || op === "fan_out");
}

/** Groups terms by their rows before they are repeated along steps or candidates. */
export function groupsOf(builder: GraphBuilder, terms: readonly Term[]): Group[] {
  const groups = new Map<string, { wrappers: Node[]; rows: Rows; terms: Term[] }>();
  for (const { operand, pieces } of terms) {
    const wrappers: Node[] = [];
    let inner = builder.node(operand);
    while (wrapping.has(inner.op)) {
      wrappers.unshift(inner);
      inner = builder.node(inner.inputs[0]!);
    }
    const { rows } = inner.type;
    const key = [
      rowsKey(rows),
      ...wrappers.map(
        ({ op, attributes, type }) => `${op} ${JSON.stringify(attributes)} ${rowsKey(type.rows)}`,
      ),
    ].join(" ");
    const group = groups.get(key) ?? { wrappers, rows, terms: [] };
    group.terms.push({ operand: inner.id, pieces });
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** A product that has more rows in the end. */
export function wrap(builder: GraphBuilder, product: NodeId, wrappers: readonly Node[]): NodeId {
  return wrappers.reduce(
    (id, { op, attributes, origin }) => builder.add(op, [id], attributes, origin),
    product,
  );
}

/** What multiplying these operands by one column costs, by the usual numbers of rows. */
export function costOf(builder: GraphBuilder, groups: readonly Group[]): number {
  return groups
    .flatMap(({ rows, terms }) => terms.map(({ operand }) => usualCount(rows) * widthOf(builder, operand)))
    .reduce((sum, cost) => sum + cost, 0);
}

export function widthOf(builder: GraphBuilder, id: NodeId): number {
  return builder.typeOf(id).dims[0]!;
}

/** Only the order matters: histories are longer than 1, candidates are many. */
export function usualCount(rows: Rows): number {
  switch (rows.kind) {
    case "once":
      return 0;
    case "table":
      return 1000;
    case "elements":
      return rows.of.per === "request" ? 20 : 2000;
    case "each":
      return rows.per === "request" ? 1 : 100;
    case "steps":
      return rows.per === "request" ? 20 : 2000;
    default:
      return unreachable(rows, "rows");
  }
}
