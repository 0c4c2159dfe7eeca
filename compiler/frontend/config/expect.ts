// The expectations of data in dinc.yaml, as checked plain data. This file parses the texts that describe
// columns.

/** A range that includes both ends. */
export interface ExpectedRange {
  readonly low: number;
  readonly high: number;
}

/** Null: no expectation. Shares are from 0 to 1. */
export interface ColumnExpectations {
  readonly missing: number | null;
  readonly new: number | null;
  readonly psi: number | null;
  /** The range of every number. */
  readonly range: ExpectedRange | null;
  /** The range of their mean; for a label this is the share of ones. */
  readonly mean: ExpectedRange | null;
}

export interface Expectations {
  /** The least number of rows. */
  readonly rows: number | null;
  /** The share of missing values for columns without one of their own. */
  readonly missing: number | null;
  readonly new: number | null;
  readonly psi: number | null;
  /** Columns whose combined values differ in every row. */
  readonly unique: readonly string[];
  readonly newest: Newest | null;
  readonly columns: Readonly<Record<string, ColumnExpectations>>;
}

/** The latest time of a column is at most this many seconds ago. */
export interface Newest {
  readonly column: string;
  readonly seconds: number;
  /** `2d` */
  readonly text: string;
}

export const nothingExpected: Expectations = {
  ...{ rows: null, missing: null, new: null, psi: null },
  ...{ unique: [], newest: null, columns: {} },
};

const NUMBER = String.raw`-?\d+(?:\.\d+)?(?: ?%)?`;
const CLAUSE = String.raw`(?:(?:missing|new|psi) <= ${NUMBER}|(?:range|mean) (?:${NUMBER})? ?\.\. ?(?:${NUMBER})?)`;
export const EXPECTATION = new RegExp(`^${CLAUSE}(?:, ?${CLAUSE})*$`);
export const NEWEST = /^(\S.*?) within (\d+(?:\.\d+)?) ?(min|h|d)$/;

const SECONDS: Readonly<Record<string, number>> = { min: 60, h: 3600, d: 86_400 };

/** `missing <= 1 %, range 0 .. 500`; null if it isn't an expectation. */
export function readExpectation(text: string): ColumnExpectations | null {
  if (!EXPECTATION.test(text)) return null;
  const read: { -readonly [K in keyof ColumnExpectations]: ColumnExpectations[K] } = {
    ...{ missing: null, new: null, psi: null, range: null, mean: null },
  };
  for (const clause of text.split(/, ?/)) {
    const [, what, bound, low, high] =
      /^(\w+) (?:<= (.+)|(?:([^.].*?|\.\d.*?))? ?\.\. ?(.+)?)$/.exec(clause) ?? [];
    switch (what) {
      case "missing":
      case "new":
      case "psi":
        read[what] = numberOf(bound!);
        break;
      case "range":
      case "mean":
        read[what] = {
          low: low === undefined ? Number.NEGATIVE_INFINITY : numberOf(low),
          high: high === undefined ? Number.POSITIVE_INFINITY : numberOf(high),
        };
    }
  }
  return read;
}

/** `timestamp within 2d`; null if it isn't one. */
export function readNewest(text: string): Newest | null {
  const [, column, count, unit] = NEWEST.exec(text) ?? [];
  if (column === undefined) return null;
  return { column, seconds: Number(count) * SECONDS[unit!]!, text: `${count} ${unit}` };
}

function numberOf(text: string): number {
  return text.endsWith("%") ? Number(text.slice(0, -1)) / 100 : Number(text);
}
