// What single values of a column have in common: whether they are numbers, how many differ, how they are spread.

import type { Cell, Single } from "./table.ts";

export interface Values {
  /** Those that are there, and those that are missing. */
  readonly count: number;
  readonly missing: number;
  /** By text: how often. */
  readonly counts: ReadonlyMap<string, number>;
  /** Null where one of them is no number that 32 bits hold. */
  readonly numbers: Numbers | null;
  /** All are whole numbers in their plain decimal form, exactly held. */
  readonly areWhole: boolean;
  /** Whether each may be an id: whole numbers written as `1.0` may not, nor fractions of a typed column. */
  readonly mayBeIds: boolean;
  /** Mean number of words. */
  readonly words: number;
}

export interface Numbers {
  readonly least: number;
  readonly largest: number;
  readonly median: number;
  /** Mean cube of the standardized numbers: 0 where both tails are alike, large where a few are far above the rest. */
  readonly skewness: number;
}

const PLAIN_WHOLE = /^-?(?:0|[1-9]\d*)$/;
const DECIMAL_WHOLE = /^-?(?:0|[1-9]\d*)\.0+$/;

/** Of columns of lists the elements. */
export function describeValues(values: Iterable<Cell>): Values {
  let [count, missing, words] = [0, 0, 0];
  let [areNumbers, areWhole, areBooleans, hasFractions] = [true, true, false, false];
  let onlyWhole = true;
  let hasDecimals = false;
  const counts = new Map<string, number>();
  const numbers: number[] = [];
  for (const value of values) {
    if (value === null) {
      missing++;
      continue;
    }
    count++;
    const text = String(value);
    counts.set(text, (counts.get(text) ?? 0) + 1);
    const number = numberOf(value);
    if (Number.isFinite(Math.fround(number))) numbers.push(number);
    else areNumbers = false;
    areWhole &&= PLAIN_WHOLE.test(text) && Number.isSafeInteger(number);
    areBooleans ||= typeof value === "boolean";
    hasFractions ||= typeof value === "number" && !Number.isSafeInteger(value);
    const isDecimal = typeof value === "string" && DECIMAL_WHOLE.test(text);
    hasDecimals ||= isDecimal;
    onlyWhole &&= isDecimal || PLAIN_WHOLE.test(text);
    words += typeof value === "string" ? (text.match(/[\p{L}\p{M}\p{N}]+/gu)?.length ?? 0) : 1;
  }
  return {
    ...{ count, missing, counts, areWhole: areWhole && count > 0 },
    numbers: areNumbers && count > 0 ? spread(numbers) : null,
    mayBeIds: !areBooleans && !hasFractions && !(hasDecimals && onlyWhole),
    words: count === 0 ? 0 : words / count,
  };
}

/** As data files are read: NaN for what is no number. */
export function numberOf(value: Cell): number {
  if (typeof value === "string") return value.trim() === "" ? Number.NaN : Number(value);
  return value === null || typeof value === "object" ? Number.NaN : Number(value);
}

function spread(numbers: readonly number[]): Numbers {
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
export function binaryOf(value: Single): 0 | 1 | null {
  const text = String(value).trim().toLowerCase();
  if (text === "true") return 1;
  if (text === "false") return 0;
  const number = numberOf(value);
  return number === 0 || number === 1 ? number : null;
}

/** The value below which a share of them lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}
