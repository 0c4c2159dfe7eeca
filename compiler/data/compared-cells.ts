// Compares the cells of a column with values of settings, as what the column is: whole and decimal numbers by all
// their digits, numbers of a FLOAT or DOUBLE to its precision, times as instants, all else as texts. Numbers are
// the same however they are written, and so are texts in capitals; true is 1, as in a column of a label.

import { compareDecimals, type Decimal, decimalKey, decimalOf } from "../common/decimals.ts";
import { numberOfText } from "../common/number-text.ts";
import { readTime } from "../common/time-text.ts";
import { comparisonIn, type LabelRule } from "../frontend/config/label-rule.ts";
import { type NumberFormat, numberFormat, withPoint } from "./number-format.ts";
import type { Raw } from "./raw-values.ts";
import type { DataColumn } from "./table.ts";

/** Decides how the cells of a column are compared; null for a column that isn't there. */
type ComparedColumn = Pick<DataColumn, "typeName" | "hasDecimalComma"> | null;

type Cell = Exclude<Raw, null>;

/**
 * The label of a cell. `inexact` is a double that stands for several whole numbers, of which a setting names one;
 * null is a cell that the rule doesn't say anything about.
 */
export type Ruled = 0 | 1 | "inexact" | null;

/** More different cells are compared each time. */
const MOST_KEPT = 4096;

export function labelBy(
  { positive, negative }: Pick<LabelRule, "positive" | "negative">,
  column: ComparedColumn,
  /** Gets the keys of the rule's values that cells have. */
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

/** The values of a rule that no cell had. `labelBy` fills `met`. Comparisons aren't values. */
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
      // With a decimal comma `1.0` isn't 1, and hardly means anything else.
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
    // Doubles that differ are in order; whether equal ones are equal, the digits tell.
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

/** The keys of what a setting's value may be: with a decimal comma, `1.5` is a number and may be a text. */
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

/** The number that a column of FLOATs or DOUBLEs has for one in a setting; any other text as it is. */
function inPrecision(text: string, column: ComparedColumn): string {
  const number = numberOfText(text);
  if (Number.isNaN(number)) return text;
  if (column?.typeName === "FLOAT") return String(Math.fround(number));
  return column?.typeName === "DOUBLE" ? String(number) : text;
}

/** Null for what isn't a number. */
function numberKey(text: string): string | null {
  const word = text.trim().toLowerCase();
  const written = word === "true" ? "1" : word === "false" ? "0" : word;
  const decimal = decimalOf(written);
  if (decimal !== null) return `#${decimalKey(decimal)}`;
  // Hexadecimal numbers and their like are whole.
  if (/^0[xob][\da-f]+$/.test(written) && !Number.isNaN(Number(written)))
    return numberKey(String(BigInt(written)));
  return Number.isNaN(numberOfText(text)) ? null : `#${Number(text)}`;
}

/** An instant; a time without a UTC offset is one of UTC. Null for what isn't a time. */
function timeKey(text: string): string | null {
  const time = readTime(text);
  return typeof time === "string" ? null : `@${time.clock - (time.offset ?? 0)}.${time.nanoseconds}`;
}

function wordKey(text: string): string {
  return `"${text.trim().toLowerCase()}`;
}
