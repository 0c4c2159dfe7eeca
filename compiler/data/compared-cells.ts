// Compares the cells of a column with values in settings, by the type of the column: whole and decimal
// numbers by all digits, FLOAT and DOUBLE by their precision, times as instants, everything else as text. The
// notation of numbers does not matter, nor does upper or lower case; true equals 1, as in a label's column.

import { compareDecimals, type Decimal, decimalKey, decimalOf } from "../common/decimals.ts";
import { numberOfText } from "../common/number-text.ts";
import { readTime } from "../common/time-text.ts";
import { comparisonIn, type LabelRule } from "../frontend/config/label-rule.ts";
import { type NumberFormat, numberFormat, withPoint } from "./number-format.ts";
import type { Raw } from "./raw-values.ts";
import type { DataColumn } from "./table.ts";

/** The column that decides how cells are compared; null for a missing column. */
type ComparedColumn = Pick<DataColumn, "typeName" | "hasDecimalComma"> | null;

type Cell = Exclude<Raw, null>;

/**
 * The label of a cell. `inexact` is a double that several whole numbers round to, one of which is in a
 * setting; null is a cell that the rule does not cover.
 */
export type Ruled = 0 | 1 | "inexact" | null;

/** The most results that are cached. */
const MOST_KEPT = 4096;

export function labelBy(
  { positive, negative }: Pick<LabelRule, "positive" | "negative">,
  column: ComparedColumn,
  /** Filled with the keys of the rule's values that occur in cells. */
  met: Set<string> = new Set(),
): (cell: Cell) => Ruled {
  const comparison = comparisonIn(positive[0]!);
  const rule = comparison === null ? byValues(positive, negative, column, met) : byBound(comparison, column);
  const kept = new Map<Cell, Ruled>();
  return (cell) => {
    const known = kept.get(cell);
    if (known !== undefined) return known;
    const found = rule(cell);
    if (kept.size < MOST_KEPT) kept.set(cell, found);
    return found;
  };
}

/**
 * The values of a rule that occur in no cell, from the `met` that `labelBy` filled. Comparisons aren't
 * values.
 */
export function unmetValues(
  { positive, negative }: Pick<LabelRule, "positive" | "negative">,
  column: ComparedColumn,
  met: ReadonlySet<string>,
): string[] {
  if (comparisonIn(positive[0]!) !== null) return [];
  return [...positive, ...(negative ?? [])].filter((value) =>
    settingKeys(value, column).every((key) => !met.has(key)),
  );
}

function byValues(
  positive: readonly string[],
  negative: readonly string[] | null,
  column: ComparedColumn,
  met: Set<string>,
): (cell: Cell) => Ruled {
  const keysOf = (values: readonly string[]) =>
    new Set(values.flatMap((value) => settingKeys(value, column)));
  const [ones, zeros] = [keysOf(positive), negative === null ? null : keysOf(negative)];
  const isNamed = (key: string) => ones.has(key) || zeros?.has(key) === true;
  const format = numberFormat(column);
  return (cell) => {
    const key = cellKey(cell, column, format);
    if (!isNamed(key)) {
      // With a decimal comma, `1.0` isn't 1; it is most likely a mistake.
      const otherwise = format.plain(cell) === cell ? null : numberKey(String(cell));
      if (otherwise !== null && isNamed(otherwise)) return null;
    } else if (typeof cell === "number" && Number.isInteger(cell) && !Number.isSafeInteger(cell))
      return "inexact";
    else met.add(key);
    if (ones.has(key)) return 1;
    return zeros === null || zeros.has(key) ? 0 : null;
  };
}

function byBound(
  { operator, bound }: { readonly operator: string; readonly bound: string },
  column: ComparedColumn,
): (cell: Cell) => Ruled {
  const text = inPrecision(bound, column);
  const [limit, exact] = [Number(text), decimalOf(text)!];
  const format = numberFormat(column);
  return (cell) => {
    const number = format.numberOf(cell);
    if (Number.isNaN(number)) return null;
    // The order of different doubles is right; for equal ones, the digits decide.
    const order = number === limit ? inOrder(String(format.plain(cell)), exact) : number - limit;
    return isMet(operator, order) ? 1 : 0;
  };
}

function inOrder(text: string, limit: Decimal): number {
  const decimal = decimalOf(text);
  return decimal === null ? 0 : compareDecimals(decimal, limit);
}

function isMet(operator: string, order: number): boolean {
  switch (operator) {
    case ">=":
      return order >= 0;
    case "<=":
      return order <= 0;
    case ">":
      return order > 0;
    default:
      return order < 0;
  }
}

/** Equal values have equal keys. */
function cellKey(cell: Cell, column: ComparedColumn, format: NumberFormat): string {
  if (isOfTimes(column)) return timeKey(String(cell)) ?? wordKey(String(cell));
  const plain = format.plain(cell);
  if (typeof plain === "number" && Number.isNaN(plain)) return wordKey(String(cell));
  return numberKey(String(plain)) ?? wordKey(String(cell));
}

/** The possible keys of a setting's value: with a decimal comma, `1.5` is a number and may be a text. */
function settingKeys(value: string, column: ComparedColumn): string[] {
  if (isOfTimes(column)) return [timeKey(value) ?? wordKey(value)];
  const hasComma = column?.hasDecimalComma === true;
  const text = hasComma && Number.isNaN(numberOfText(value)) ? (withPoint(value) ?? value) : value;
  const number = numberKey(inPrecision(text, column));
  if (number === null) return [wordKey(value)];
  return hasComma ? [number, wordKey(value)] : [number];
}

function isOfTimes(column: ComparedColumn): boolean {
  return column !== null && /^(TIMESTAMP|DATE)/.test(column.typeName);
}

/** The number of a setting in the precision of a FLOAT or DOUBLE column; any other text unchanged. */
function inPrecision(text: string, column: ComparedColumn): string {
  const number = numberOfText(text);
  if (Number.isNaN(number)) return text;
  if (column?.typeName === "FLOAT") return String(Math.fround(number));
  return column?.typeName === "DOUBLE" ? String(number) : text;
}

/** Null if the text isn't a number. */
function numberKey(text: string): string | null {
  const word = text.trim().toLowerCase();
  const written = word === "true" ? "1" : word === "false" ? "0" : word;
  const decimal = decimalOf(written);
  if (decimal !== null) return `#${decimalKey(decimal)}`;
  // Hexadecimal, octal and binary numbers are whole.
  if (/^0[xob][\da-f]+$/.test(written) && !Number.isNaN(Number(written)))
    return numberKey(String(BigInt(written)));
  return Number.isNaN(numberOfText(text)) ? null : `#${Number(text)}`;
}

/** The key of an instant; a time without a UTC offset counts as UTC. Null if the text isn't a time. */
function timeKey(text: string): string | null {
  const time = readTime(text);
  return typeof time === "string" ? null : `@${time.clock - (time.offset ?? 0)}.${time.nanoseconds}`;
}

function wordKey(text: string): string {
  return `"${text.trim().toLowerCase()}`;
}
