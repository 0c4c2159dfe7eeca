// Splits a product x W into a sum. Each term has an operand of x, its rows of W, and the operand's number of
// rows before it is repeated.

import { unreachable } from "../../common/internal-error.ts";
import { appendTo } from "../../common/maps.ts";
import type { GraphBuilder } from "../builder/builder.ts";
import type { Node, NodeId } from "../graph/graph.ts";
import { type Rows, rowsKey } from "../graph/types.ts";
import { hasTrait } from "../ops/registry.ts";
import { sameDims } from "../ops/support/shapes.ts";

/** `operand` times a sum of row ranges of W. */
export interface Term {
  readonly operand: NodeId;
  readonly pieces: readonly SignedRange[];
}

/** The rows `from` … `to` − 1 of W, added or subtracted. */
export interface SignedRange {
  readonly from: number;
  readonly to: number;
  readonly sign: 1 | -1;
}

/** Terms with the same rows that are repeated in the same way, by `wrappers`, innermost first. */
export interface TermGroup {
  readonly wrappers: readonly Node[];
  readonly rows: Rows;
  readonly terms: readonly Term[];
}

/**
 * Products with more parts are left as they are. No network writes so many, but a sum that is added to itself
 * has endlessly many.
 */
const MOST_PARTS = { concat: 4096, sums: 64 } as const;

/**
 * Splits x [w] at `concat` and `negate`, and with `sums` at `add` and `subtract` too. Equal operands become
 * one term. Null if there are too many parts, or if `mayVisit` refuses.
 */
export function termsOf(
  builder: GraphBuilder,
  x: NodeId,
  sums: boolean,
  mayVisit: () => boolean,
): Term[] | null {
  const pieces = new Map<NodeId, SignedRange[]>();
  /** The values that are still to be split; the last comes next. */
  const open: { readonly id: NodeId; readonly from: number; readonly sign: 1 | -1 }[] = [
    { id: x, from: 0, sign: 1 },
  ];
  let left: number = sums ? MOST_PARTS.sums : MOST_PARTS.concat;
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (left-- === 0 || !mayVisit()) return null;
    const { id, from, sign } = next;
    const { op, inputs, type } = builder.node(id);
    const opposite = sign === 1 ? -1 : 1;
    if (op === "concat") {
      let at = from + type.dims[0]!;
      for (const part of inputs.toReversed()) {
        at -= builder.typeOf(part).dims[0]!;
        open.push({ id: part, from: at, sign });
      }
    } else if (op === "negate") {
      open.push({ id: inputs[0]!, from, sign: opposite });
    } else if (
      sums &&
      (op === "add" || op === "subtract") &&
      inputs.every((input) => sameDims(builder.typeOf(input).dims, type.dims))
    ) {
      open.push({ id: inputs[1]!, from, sign: op === "add" ? sign : opposite });
      open.push({ id: inputs[0]!, from, sign });
    } else {
      const piece: SignedRange = { from, to: from + type.dims[0]!, sign };
      appendTo(pieces, id, piece);
    }
  }
  return [...pieces].map(([operand, its]) => ({ operand, pieces: its }));
}

/** Limits the chain of repeating ops that is followed for each layer. */
const MOST_WRAPPERS = 8;

/** Tells whether every row of the wrappers' output is a row of their input. */
export function isRepeated(wrappers: readonly Node[]): boolean {
  return wrappers.length > 0 && wrappers.every(({ op }) => op === "repeat" || op === "repeat_candidates");
}

/** Groups terms by their rows before repetition along steps or candidates. */
export function groupsOf(builder: GraphBuilder, terms: readonly Term[]): TermGroup[] {
  const groups = new Map<string, { wrappers: Node[]; rows: Rows; terms: Term[] }>();
  for (const { operand, pieces } of terms) {
    const wrappers: Node[] = [];
    let inner = builder.node(operand);
    // A product may move before these ops. A bias may not, if some rows are 0.
    while (hasTrait(inner.op, "movesRows") && wrappers.length < MOST_WRAPPERS) {
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

/** Applies the wrappers to a product, which adds rows. */
export function wrap(builder: GraphBuilder, product: NodeId, wrappers: readonly Node[]): NodeId {
  return wrappers.reduce(
    (id, { op, attributes, origin }) => builder.add(op, [id], attributes, origin),
    product,
  );
}

/** The estimated cost of multiplying these operands by one column. */
export function costOf(builder: GraphBuilder, groups: readonly TermGroup[]): number {
  return groups
    .flatMap(({ rows, terms }) => terms.map(({ operand }) => assumedCount(rows) * widthOf(builder, operand)))
    .reduce((sum, cost) => sum + cost, 0);
}

export function widthOf(builder: GraphBuilder, id: NodeId): number {
  return builder.typeOf(id).dims[0]!;
}

/**
 * Estimates the number of rows. Only the order matters: histories are longer than 1, and candidates are many.
 */
export function assumedCount(rows: Rows): number {
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
