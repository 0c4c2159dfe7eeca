// Compares the content of a file with expectations, and with the data of a run's training.

import { formatCount } from "../common/format-count.ts";
import type { ColumnExpectations, Expectations, ExpectedRange } from "../frontend/config/expect.ts";
import { type ColumnProfile, missingShare, newShare, type Profile, psiOf } from "./profile.ts";

/** An expectation and its result. */
export interface Check {
  /** The column; null for the whole file. */
  readonly column: string | null;
  /** Such as `missing at most 1 %`. */
  readonly expected: string;
  /** Such as `3.2 %`. */
  readonly found: string;
  readonly holds: boolean;
}

/** Facts about the file besides its profile; null for those that were not requested. */
export interface Looked {
  /** The number of rows that repeat an earlier one in the columns that must differ. */
  readonly repeated: number | null;
  /** Seconds since the latest time; null also if the column has no time. */
  readonly age: number | null;
  /** Columns that a model reads and the file lacks. */
  readonly lacking: readonly string[];
}

/** With `baseline` null there is nothing to compare with, so new ids and drift are not checked. */
export function checksOf(
  expected: Expectations,
  profile: Profile,
  baseline: Profile | null,
  { repeated, age, lacking }: Looked,
): Check[] {
  const { rows, unique, newest, columns } = expected;
  const checks: Check[] = lacking.map((column) => ({
    ...{ column, expected: "a column, which the model reads", found: "none", holds: false },
  }));
  if (rows !== null)
    checks.push({
      ...{ column: null, expected: `at least ${formatCount(rows)} rows`, found: formatCount(profile.rows) },
      holds: profile.rows >= rows,
    });
  if (repeated !== null)
    checks.push({
      ...{ column: unique.join(", "), expected: "no row twice", found: `${formatCount(repeated)} again` },
      holds: repeated === 0,
    });
  if (newest !== null)
    checks.push({
      ...{ column: newest.column, expected: `the latest within ${newest.text}` },
      ...{ found: age === null ? "no time" : ago(age), holds: age !== null && age <= newest.seconds },
    });
  for (const each of profile.columns) {
    const own = Object.hasOwn(columns, each.column) ? columns[each.column]! : null;
    const before = baseline?.columns.find(
      ({ column, counted: what }) => column === each.column && what === each.counted,
    );
    checks.push(...columnChecks(each, before ?? null, own, expected));
  }
  return checks;
}

function columnChecks(
  profile: ColumnProfile,
  before: ColumnProfile | null,
  own: ColumnExpectations | null,
  all: Expectations,
): Check[] {
  const { column, counted: what, numbers, unreadable } = profile;
  const checks: Check[] = [];
  const most = (word: string, bound: number | null, found: number | null, show: (x: number) => string) => {
    if (bound !== null && found !== null)
      checks.push({
        ...{ column, expected: `${word} at most ${show(bound)}`, found: show(found), holds: found <= bound },
      });
  };
  // For list columns, missing lists are reported with the lengths.
  if (!profile.inLists) most("missing", own?.missing ?? all.missing, missingShare(profile), percent);
  if (before !== null) {
    most("new ids", own?.new ?? all.new, newShare(profile), percent);
    most(what === "lengths" ? "PSI of lengths" : "PSI", own?.psi ?? all.psi, psiOf(profile, before), (x) =>
      x.toFixed(3),
    );
  }
  const within = (word: string, range: ExpectedRange | null, low: number, high: number, found: string) => {
    if (range !== null)
      checks.push({
        ...{ column, expected: `${word} ${between(range)}`, found },
        holds: low >= range.low && high <= range.high,
      });
  };
  if (own === null || what === "ids") return checks;
  if (numbers === null) {
    for (const range of [own.range, own.mean])
      if (range !== null)
        checks.push({ column, expected: `numbers ${between(range)}`, found: "none", holds: false });
    return checks;
  }
  const { least, largest, mean } = numbers;
  within("numbers", own.range, least, largest, `${formatNumber(least)} to ${formatNumber(largest)}`);
  within("mean", own.mean, mean, mean, formatNumber(mean));
  if (own.range !== null && unreadable > 0)
    checks.push({
      column,
      expected: "numbers only",
      found: `${formatCount(unreadable)} others`,
      holds: false,
    });
  return checks;
}

/** `price: missing at most 1 %, not 3.2 %` */
export function checkText({ column, expected, found, holds }: Check): string {
  return `${column === null ? "" : `${column}: `}${expected}${holds ? ":" : ", not"} ${found}`;
}

export function percent(part: number): string {
  return `${formatNumber(100 * part)} %`;
}

/** Formats a number with four digits. */
export function formatNumber(value: number): string {
  return String(Number(value.toPrecision(4)));
}

function between({ low, high }: ExpectedRange): string {
  if (low === Number.NEGATIVE_INFINITY) return `up to ${formatNumber(high)}`;
  return high === Number.POSITIVE_INFINITY
    ? `from ${formatNumber(low)} on`
    : `from ${formatNumber(low)} to ${formatNumber(high)}`;
}

function ago(seconds: number): string {
  if (seconds < 5400) return `${formatNumber(Math.round(seconds / 60))} min ago`;
  return seconds < 172_800
    ? `${formatNumber(seconds / 3600)} h ago`
    : `${formatNumber(seconds / 86_400)} days ago`;
}
