// Finds the label: the column that the user names, one with the usual name of a label, or the only column of
// 0 and 1. A named column may also be a number or a rating.

import { mayBeOdd } from "../../common/odd-values.ts";
import { option, wording } from "../../common/option-text.ts";
import type { NamedColumn } from "./columns.ts";
import { isSentinel, oddIn } from "./odd-cells.ts";
import { type DraftLabelType, type Guess, out } from "./plan.ts";
import type { DraftCell, DraftColumn } from "./table.ts";
import { binaryOf, numberOfCell, percent } from "./values.ts";
import { labelRank, saysRating } from "./words.ts";

const BINARY: DraftLabelType = { text: "binary", classes: null };

/** Ratings rarely have more values. */
const MOST_RATINGS = 10;

export type FoundLabel =
  | {
      readonly kind: "label";
      readonly column: NamedColumn;
      readonly type: DraftLabelType;
      readonly reason: string;
      readonly others: readonly { readonly name: string; readonly guess: Guess }[];
    }
  | { readonly kind: "none"; readonly binary: readonly string[] }
  | { readonly kind: "bad-label"; readonly column: string; readonly reason: string };

/** `asked` is the column that the user names; null if it must be found. */
export function findLabel(columns: readonly NamedColumn[], asked: string | null): FoundLabel {
  if (asked !== null) {
    const column = columns.find(({ header, name }) => header === asked || name === asked);
    if (column === undefined) return { kind: "bad-label", column: asked, reason: "there is no such column" };
    const reason = whyNotLabel(column, true);
    const type = reason === null ? BINARY : amountIn(column);
    if (type === null) return { kind: "bad-label", column: asked, reason: reason! };
    return { kind: "label", column, type, reason: "you said so", others: [] };
  }
  const binary = columns.filter((column) => whyNotLabel(column, labelRank(column.name) !== null) === null);
  const called = binary
    .flatMap((column) => {
      const rank = labelRank(column.name);
      return rank === null ? [] : [{ column, rank }];
    })
    .sort((a, b) => a.rank - b.rank);
  const [first, ...more] = called;
  if (first !== undefined) {
    const others = more.map(({ column }) => ({
      name: column.name,
      guess: out(
        column,
        "looks like an outcome of the row, too",
        wording`${option("label", column.header)}, or a second \`label\` with a \`predict\` of its own`,
      ),
    }));
    return {
      kind: "label",
      column: first.column,
      type: BINARY,
      reason: `0 or 1, with the name of a label${shareOf(first.column)}`,
      others,
    };
  }
  const [only] = binary;
  if (binary.length === 1 && only !== undefined)
    return {
      kind: "label",
      column: only,
      type: BINARY,
      reason: `the only column of 0 and 1${shareOf(only)}`,
      others: [],
    };
  return { kind: "none", binary: binary.map(({ header }) => header) };
}

/**
 * Why a column is not binary; null if it is, apart from a few cells. A number among these may have a meaning
 * (`isNamed`: the column's name or the user says that it is a label).
 */
function whyNotLabel({ cells }: DraftColumn, isNamed: boolean): string | null {
  const values = new Set<number>();
  const odd: DraftCell[] = [];
  for (const cell of cells) {
    const value = typeof cell === "string" ? binaryOf(cell) : null;
    if (value === null) odd.push(cell);
    else values.add(value);
    if (odd.length > mayBeOdd(cells.length)) break;
  }
  const mayBe = (cell: DraftCell) => isNamed || isSentinel(cell) || !Number.isFinite(numberOfCell(cell));
  const wrong = odd.length > mayBeOdd(cells.length) ? odd[0] : odd.find((cell) => !mayBe(cell));
  if (wrong === null) return "it has rows without a value";
  if (wrong !== undefined)
    return `it has other values than 0 and 1, such as ${JSON.stringify(String(wrong).slice(0, 30))}`;
  return values.size === 2 ? null : "all its values are the same";
}

function shareOf({ cells }: DraftColumn): string {
  const values = cells.flatMap((cell) => (typeof cell === "string" ? (binaryOf(cell) ?? []) : []));
  const ones = values.reduce((sum, each) => sum + each, 0);
  return `; ${percent(ones / values.length, 1)} are 1`;
}

/** Rows whose value is not one of the label's. */
export function unlabelledRows({
  column: { cells },
  type,
}: {
  readonly column: DraftColumn;
  readonly type: DraftLabelType;
}): readonly number[] {
  const [, least, most] = /^int\((-?\d+)\.\.(-?\d+)\)$/.exec(type.text) ?? [];
  const holds = (cell: DraftCell) => {
    if (type.text === "binary") return typeof cell === "string" && binaryOf(cell) !== null;
    const number = numberOfCell(cell);
    if (type.classes === null) return Number.isFinite(number);
    return Number.isInteger(number) && number >= Number(least) && number <= Number(most);
  };
  return cells.flatMap((cell, row) => (holds(cell) ? [] : [row]));
}

/** The column of ratings in a log, found by its name; null if there is none, or several. */
export function ratingAmong(columns: readonly NamedColumn[]): Rating | null {
  const found = columns.flatMap((column) => {
    const type = saysRating(column.name) ? amountIn(column) : null;
    return type === null ? [] : [{ column, type, reason: "a rating, by its name" }];
  });
  return found.length === 1 ? found[0]! : null;
}

/** The label of events. */
export interface Rating {
  readonly column: NamedColumn;
  readonly type: DraftLabelType;
  readonly reason: string;
}

/**
 * A rating of a few whole numbers, or any numbers, apart from a few cells; null for other values, and if
 * there is nothing to learn.
 */
function amountIn(column: NamedColumn): DraftLabelType | null {
  const odd = new Set(oddIn(column).flatMap(({ rows }) => rows));
  const all = column.cells.map((cell, row) => (odd.has(row) ? Number.NaN : numberOfCell(cell)));
  const numbers = all.filter(Number.isFinite);
  const distinct = new Set(numbers);
  if (all.length - numbers.length > mayBeOdd(all.length) || distinct.size < 2) return null;
  const [low, high] = numbers.reduce(
    ([least, most], each) => [Math.min(least, each), Math.max(most, each)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  );
  const classes = high - low + 1;
  return [...distinct].every(Number.isInteger) && classes <= MOST_RATINGS && distinct.size * 2 > classes
    ? { text: `int(${low}..${high})`, classes }
    : { text: "number", classes: null };
}

/** 1 for the upper half of a label's values. A column that reveals this half reveals the label. */
export function upperHalf({ column: { cells }, type }: Extract<FoundLabel, { kind: "label" }>): number[] {
  if (type === BINARY) return cells.map((cell) => binaryOf(cell as string) ?? 0);
  const numbers = cells.map(Number);
  const middle = numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]!;
  return numbers.map((each) => (each >= middle ? 1 : 0));
}
