// What dinc.yaml expects of data, as checked plain data. The texts in which columns are described are parsed here.

/** Both ends belong to it. */
export interface ExpectedRange {
  readonly low: number;
  readonly high: number;
}

/** Null: nothing is expected. Shares are from 0 to 1. */
export interface ColumnExpectations {
  readonly missing: number | null;
  readonly new: number | null;
  readonly psi: number | null;
  /** Of every number. */
  readonly range: ExpectedRange | null;
  /** Of their mean, which of a label is the share of ones. */
  readonly mean: ExpectedRange | null;
}

export interface Expectations {
  /** At least so many rows. */
  readonly rows: number | null;
  /** Of each column for which nothing else is said. */
  readonly missing: number | null;
  readonly new: number | null;
  readonly psi: number | null;
  /** Columns whose values together differ in every row. */
  readonly unique: readonly string[];
  readonly newest: Newest | null;
  readonly columns: Readonly<Record<string, ColumnExpectations>>;
}

/** The latest time of a column is not longer ago than so many seconds. */
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

/** `missing <= 1 %, range 0 .. 500`; null for what is none. */
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

/** `timestamp within 2d`; null for what is none. */
export function readNewest(text: string): Newest | null {
  const [, column, count, unit] = NEWEST.exec(text) ?? [];
  if (column === undefined) return null;
  return { column, seconds: Number(count) * SECONDS[unit!]!, text: `${count} ${unit}` };
}

function numberOf(text: string): number {
  return text.endsWith("%") ? Number(text.slice(0, -1)) / 100 : Number(text);
}
