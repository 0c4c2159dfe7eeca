// Recognises padding from lists alone: a value at only one end of the lists, in runs of different lengths.
// Pure: the caller provides the rows.

import { plainValue } from "../serve/padding.ts";
import { isList, type RawCell } from "./raw-values.ts";

/** The end of a list with the padding. */
export type PaddedEnd = "front" | "back";

/** A row of a history: its steps by column, equally many in each. */
export type Lists = readonly (readonly RawCell[])[];

export interface FoundPadding {
  readonly end: PaddedEnd;
  /** The padding value by column. */
  readonly values: readonly string[];
  /** The length of the lists. */
  readonly width: number;
  /** The number of padded rows. */
  readonly padded: number;
  /** The index of the first padded row. */
  readonly first: number;
}

/** A few odd cells in a hundred rows change nothing. */
const NEARLY_ALL = 0.99;
const FEW = 1 - NEARLY_ALL;
/** From this number of rows on, equal ends are not chance. */
const LEAST_SHARE = 0.02;
/** With fewer rows, the value must be one that other libraries use for padding. */
const LEAST_ROWS = 50;
const USUAL = new Set(["0", "-1", "", "pad", "[pad]", "<pad>", "padding", "none", "null", "nan"]);

/** Null if these lists seem to have no padding. Rows without steps are ignored. */
export function paddingIn(rows: readonly Lists[]): FoundPadding | null {
  const filled = rows.flatMap((lists, row) => (lists[0]!.length === 0 ? [] : [{ row, keys: keysOf(lists) }]));
  const lengths = countsOf(filled.map(({ keys }) => keys.length));
  const [width, same] = mostOf(lengths) ?? [0, 0];
  if (width < 2 || filled.length < 3 || same < NEARLY_ALL * filled.length) return null;
  const alike = filled.filter(({ keys }) => keys.length === width);
  for (const end of ["back", "front"] as const) {
    const found = paddingAt(end, alike);
    if (found === null) continue;
    const { key, padded, first } = found;
    const values: readonly string[] = JSON.parse(key);
    const isKnown = values.every((value) => USUAL.has(value.toLowerCase()));
    if (!isKnown && padded < LEAST_ROWS) continue;
    // Sorted lists end alike too: days ago, the best five scores.
    if (values.every((_, column) => areSorted(rows, column))) continue;
    return { end, values, width, padded, first };
  }
  return null;
}

interface Row {
  readonly row: number;
  /** One key for each step. */
  readonly keys: readonly string[];
}

function paddingAt(
  end: PaddedEnd,
  rows: readonly Row[],
): { readonly key: string; readonly padded: number; readonly first: number } | null {
  const turned = rows.map(({ row, keys }) => ({ row, keys: end === "back" ? keys.toReversed() : keys }));
  const [key] = mostOf(countsOf(turned.map(({ keys }) => keys[0]!))) ?? [null];
  if (key === null) return null;
  const runs = new Map<number, number>();
  let elsewhere = 0;
  let first = -1;
  for (const { row, keys } of turned) {
    const own = keys.findIndex((each) => each !== key);
    const run = own < 0 ? keys.length : own;
    if (keys.includes(key, run)) elsewhere++;
    if (run === 0) continue;
    if (first < 0 && run < keys.length) first = row;
    runs.set(run, (runs.get(run) ?? 0) + 1);
  }
  const padded = [...runs.values()].reduce((sum, count) => sum + count, 0);
  const longer = [...runs].some(([run]) => run > 1);
  const isCommon = padded >= 3 && padded >= LEAST_SHARE * rows.length;
  const isVaried = longer && (runs.size > 1 || padded < rows.length);
  return first >= 0 && isCommon && isVaried && elsewhere <= FEW * padded ? { key, padded, first } : null;
}

function keysOf(lists: Lists): readonly string[] {
  return lists[0]!.map((_, step) => JSON.stringify(lists.map((list) => valueText(list[step] ?? null))));
}

/** One text for a step's value; for a list of equal values, that value. */
export function valueText(cell: RawCell): string {
  if (!isList(cell)) return plainValue(cell);
  const texts = new Set(cell.map(valueText));
  return texts.size === 1 ? [...texts][0]! : JSON.stringify(cell.map(valueText));
}

/** Tells whether most lists ascend, or most descend. */
function areSorted(rows: readonly Lists[], column: number): boolean {
  let up = 0;
  let down = 0;
  let lists = 0;
  for (const row of rows) {
    const numbers = row[column]!.map((cell) => (isList(cell) ? Number.NaN : Number(plainValue(cell))));
    if (numbers.length === 0) continue;
    lists++;
    const follow = (holds: (a: number, b: number) => boolean) =>
      numbers.every((x, i) => i === 0 || holds(numbers[i - 1]!, x));
    if (follow((a, b) => a <= b)) up++;
    if (follow((a, b) => a >= b)) down++;
  }
  return lists > 0 && Math.max(up, down) > 0.9 * lists;
}

function countsOf<T>(values: readonly T[]): Map<T, number> {
  const counts = new Map<T, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

function mostOf<T>(counts: ReadonlyMap<T, number>): readonly [value: T, count: number] | null {
  let most: readonly [T, number] | null = null;
  for (const each of counts) if (most === null || each[1] > most[1]) most = each;
  return most;
}
