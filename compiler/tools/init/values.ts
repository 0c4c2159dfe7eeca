// Describes the values of a column: whether they are numbers, how many differ, and how they are distributed.

import { numberOfText } from "../../common/number-text.ts";
import { mayBeOdd } from "../../common/odd-values.ts";
import { power } from "../../common/power.ts";
import { labelKinds } from "../../frontend/labels/registry.ts";
import type { DraftCell } from "./table.ts";

export interface ColumnValues {
  /** The numbers of present and missing values. */
  readonly count: number;
  readonly missing: number;
  /** The number of occurrences of each text. */
  readonly counts: ReadonlyMap<string, number>;
  /** Null if a value is not a number, or 32 bits cannot hold it. */
  readonly numbers: NumberSummary | null;
  /** Whether all are whole numbers in plain decimal form that a double holds exactly. */
  readonly areWhole: boolean;
  /** Whether all are digits that measure nothing: with leading zeros, or too long for a double. */
  readonly areCodes: boolean;
  /** Whether all may be ids. Fractions, and whole numbers written as `1.0`, may not. */
  readonly mayBeIds: boolean;
  /** The mean number of words. */
  readonly words: number;
}

export interface NumberSummary {
  readonly least: number;
  readonly largest: number;
  readonly median: number;
  /**
   * The mean cube of the standardized numbers: 0 if both tails are equal, large if a few numbers are far
   * above the rest.
   */
  readonly skewness: number;
}

const PLAIN_WHOLE = /^-?(?:0|[1-9]\d*)$/;
const DIGITS = /^-?\d+$/;
const DECIMAL = /^[-+]?(?:\d+\.\d*|\.\d+|\d+(?=e))(?:e[-+]?\d+)?$/i;

/** Tells whether a text is a whole number in plain decimal form. */
export function isPlainWhole(text: string): boolean {
  return PLAIN_WHOLE.test(text);
}

const described = new WeakMap<readonly DraftCell[], ColumnValues>();

/** The description of a column's values (of a list column's elements), cached because it is needed often. */
export function valuesOf({ cells }: { readonly cells: readonly DraftCell[] }): ColumnValues {
  let values = described.get(cells);
  if (values === undefined) {
    values = describeValues(cells.some(Array.isArray) ? cells.flat() : cells);
    described.set(cells, values);
  }
  return values;
}

/** Tells whether the values may be amounts, not only ids. */
export function mayMeasure({ numbers, areCodes }: ColumnValues): boolean {
  return numbers !== null && !areCodes;
}

/** Texts for missing or infinite numbers in numeric columns. */
const NO_NUMBER = /^[-+]?(?:nan|inf|infinity)$/i;

/** For list columns, pass the elements. */
export function describeValues(values: Iterable<DraftCell>): ColumnValues {
  let [count, missing, words, decimals] = [0, 0, 0, 0];
  let [areNumbers, areNumeric, areWhole, areDigits, areLong, hasZeros] = [
    true,
    true,
    true,
    true,
    false,
    false,
  ];
  const counts = new Map<string, number>();
  const numbers: number[] = [];
  for (const text of values) {
    if (text === null || typeof text !== "string") {
      missing++;
      continue;
    }
    count++;
    const number = numberOfText(text);
    const isDecimal = DECIMAL.test(text);
    const isNone = NO_NUMBER.test(text);
    // 2.50 is the same as 2.5.
    const same = isDecimal ? String(number) : text;
    counts.set(same, (counts.get(same) ?? 0) + 1);
    if (Number.isFinite(Math.fround(number))) numbers.push(number);
    else areNumbers = false;
    areNumeric &&= isNone || !Number.isNaN(number);
    areWhole &&= PLAIN_WHOLE.test(text) && Number.isSafeInteger(number);
    areDigits &&= DIGITS.test(text);
    areLong ||= !Number.isSafeInteger(number);
    hasZeros ||= /^-?0\d/.test(text);
    if (isDecimal || isNone) decimals++;
    words += text.match(/[\p{L}\p{M}\p{N}]+/gu)?.length ?? 0;
  }
  return {
    ...{ count, missing, counts, areWhole: areWhole && count > 0 },
    numbers: areNumbers && count > 0 ? spread(numbers) : null,
    areCodes: areDigits && count > 0 && (areLong || hasZeros),
    mayBeIds: !(areNumeric && decimals > 0),
    words: count === 0 ? 0 : words / count,
  };
}

/** The number in a cell, read like those in data files; NaN if it is not one. */
export function numberOfCell(value: DraftCell): number {
  return typeof value === "string" ? numberOfText(value) : Number.NaN;
}

function spread(numbers: readonly number[]): NumberSummary {
  const sorted = Float64Array.from(numbers).sort();
  const mean = numbers.reduce((sum, x) => sum + x / numbers.length, 0);
  const moment = (degree: number) =>
    numbers.reduce((sum, x) => sum + power(x - mean, degree) / numbers.length, 0);
  const deviation = Math.sqrt(moment(2));
  return {
    least: sorted[0]!,
    largest: sorted.at(-1)!,
    median: sorted[(sorted.length - 1) >> 1]!,
    skewness: deviation > 0 ? moment(3) / power(deviation, 3) : 0,
  };
}

/** 1 or 0 for a binary label's value, null for anything else. */
export function binaryOf(value: DraftCell): number | null {
  return typeof value === "string" ? labelKinds.binary.read(value, { kind: "binary" }) : null;
}

/** A value is usual if it occurs at least this share of the mean number of times. */
const USUAL = 0.02;

/** The number of distinct values without odd ones, which are few and occur far less often. */
export function usualCount({ counts, count }: ColumnValues): number {
  const least = (USUAL * count) / counts.size;
  let [odd, left] = [0, mayBeOdd(count)];
  for (const times of [...counts.values()].sort((a, b) => a - b)) {
    left -= times;
    if (times >= least || left < 0) break;
    odd++;
  }
  return counts.size - odd;
}

/** Text such as `99.5 %`. It has enough digits that a share between 0 and 1 never shows as 0 % or 100 %. */
export function percent(share: number, digits = 0): string {
  const text = (100 * share).toFixed(digits);
  const isWrong = (share < 1 && Number(text) >= 100) || (share > 0 && Number(text) === 0);
  return isWrong && digits < 6 ? percent(share, digits + 1) : `${text} %`;
}

/** The share of the distinct values that also occur in `others`. */
export function shareAmong({ counts }: ColumnValues, others: ColumnValues): number {
  const own = [...counts.keys()];
  return own.length === 0 ? 0 : own.filter((value) => others.counts.has(value)).length / own.length;
}

/** The value at a quantile. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}

export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value / values.length, 0);
}

/** The correlation of two lists; 0 if one of them is constant. */
export function correlation(a: readonly number[], b: readonly number[]): number {
  const [meanA, meanB] = [meanOf(a), meanOf(b)];
  let [both, squaresA, squaresB] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i]! - meanA, b[i]! - meanB];
    both += x * y;
    squaresA += x * x;
    squaresB += y * y;
  }
  return squaresA * squaresB > 0 ? both / Math.sqrt(squaresA * squaresB) : 0;
}
