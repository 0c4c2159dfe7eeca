// Statistics of the values of a column: whether they are numbers, how many differ, how they are distributed.

import { numberOfText } from "../../common/number-text.ts";
import { mayBeOdd } from "../../common/odd-values.ts";
import { labelKinds } from "../../frontend/labels/registry.ts";
import type { DraftCell } from "./table.ts";

export interface ColumnValues {
  /** Those that are there, and those that are missing. */
  readonly count: number;
  readonly missing: number;
  /** By text: how often. */
  readonly counts: ReadonlyMap<string, number>;
  /** Null where one of them is no number that 32 bits hold. */
  readonly numbers: NumberSummary | null;
  /** All are whole numbers in their plain decimal form, exactly held. */
  readonly areWhole: boolean;
  /** All are digits, and so that they measure nothing: with zeros in front, or more of them than numbers hold exactly. */
  readonly areCodes: boolean;
  /** Whether each may be an id: numbers may not where some are fractions, or whole ones written as `1.0`. */
  readonly mayBeIds: boolean;
  /** Mean number of words. */
  readonly words: number;
}

export interface NumberSummary {
  readonly least: number;
  readonly largest: number;
  readonly median: number;
  /** Mean cube of the standardized numbers: 0 where both tails are alike, large where a few are far above the rest. */
  readonly skewness: number;
}

const PLAIN_WHOLE = /^-?(?:0|[1-9]\d*)$/;
const DIGITS = /^-?\d+$/;
const DECIMAL = /^[-+]?(?:\d+\.\d*|\.\d+|\d+(?=e))(?:e[-+]?\d+)?$/i;

/** Whether a text is a whole number in its plain decimal form. */
export function isPlainWhole(text: string): boolean {
  return PLAIN_WHOLE.test(text);
}

const described = new WeakMap<readonly DraftCell[], ColumnValues>();

/** Those of a column, which many questions are about; of lists the elements. */
export function valuesOf({ cells }: { readonly cells: readonly DraftCell[] }): ColumnValues {
  let values = described.get(cells);
  if (values === undefined) {
    values = describeValues(cells.some(Array.isArray) ? cells.flat() : cells);
    described.set(cells, values);
  }
  return values;
}

/** Whether they may be amounts of something, not ids alone. */
export function mayMeasure({ numbers, areCodes }: ColumnValues): boolean {
  return numbers !== null && !areCodes;
}

/** What columns of numbers have where there is none, or one that nothing holds. */
const NO_NUMBER = /^[-+]?(?:nan|inf|infinity)$/i;

/** Of columns of lists the elements. */
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
    // 2.50 is 2.5.
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

/** As data files are read: NaN for what is no number. */
export function numberOfCell(value: DraftCell): number {
  return typeof value === "string" ? numberOfText(value) : Number.NaN;
}

function spread(numbers: readonly number[]): NumberSummary {
  const sorted = Float64Array.from(numbers).sort();
  const mean = numbers.reduce((sum, x) => sum + x / numbers.length, 0);
  const moment = (power: number) => numbers.reduce((sum, x) => sum + (x - mean) ** power / numbers.length, 0);
  const deviation = Math.sqrt(moment(2));
  return {
    least: sorted[0]!,
    largest: sorted.at(-1)!,
    median: sorted[(sorted.length - 1) >> 1]!,
    skewness: deviation > 0 ? moment(3) / deviation ** 3 : 0,
  };
}

/** 1 and 0 for what a label may be, null for anything else. */
export function binaryOf(value: DraftCell): number | null {
  return typeof value === "string" ? labelKinds.binary.read(value, { kind: "binary" }) : null;
}

/** So much of the mean number of times a value comes at least, if it isn't an odd one. */
const USUAL = 0.02;

/** How many different values there are but for odd ones: a few that come far less often than the others. */
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

/** `99.5 %`: in as many digits as it takes not to be all or nothing where it is neither. */
export function percent(share: number, digits = 0): string {
  const text = (100 * share).toFixed(digits);
  const isWrong = (share < 1 && Number(text) >= 100) || (share > 0 && Number(text) === 0);
  return isWrong && digits < 6 ? percent(share, digits + 1) : `${text} %`;
}

/** The share of the different values that are among `others`, too. */
export function shareAmong({ counts }: ColumnValues, others: ColumnValues): number {
  const own = [...counts.keys()];
  return own.length === 0 ? 0 : own.filter((value) => others.counts.has(value)).length / own.length;
}

/** The value below which a share of them lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}
