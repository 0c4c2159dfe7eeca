// Statistics of the columns of a data file, and how two files are compared by them. The definitions are
// stated here and nowhere else:
//
// missing There is no value: null, or in a CSV an empty text. new An id that the run's vocabulary does not
// have: one that training never saw, or saw less often than `min_count`. bins Of numbers: the deciles of the
// baseline's numbers, each bin with its upper bound. Ids have a bin for each of the baseline's twenty most
// frequent values, and one for all others that the vocabulary has. New ids are in no bin; their share is
// reported separately. Missing values have a bin of their own. PSI The population stability index: the sum
// over bins of (a − b) · ln(a / b), where a and b are the shares of the bin in the file and in the baseline.
// A share is (count + ½) / (total + ½ · bins), so that no bin is empty. Below 0.1 little has changed, from
// 0.25 on much.

import { formatCount } from "../common/format-count.ts";

export type ProfileKind = "ids" | "numbers" | "label" | "lengths";

export const countedWords: Readonly<Record<ProfileKind, string>> = {
  ids: "ids",
  numbers: "numbers",
  label: "label",
  lengths: "lengths of lists",
};

/** The bins of values: by upper bounds, the last bin open; or by values, the last bin for all others. */
export type Bins =
  | NumberBins
  | { readonly by: "values"; readonly values: readonly string[]; readonly counts: readonly number[] };

export interface NumberBins {
  readonly by: "bounds";
  readonly bounds: readonly number[];
  readonly counts: readonly number[];
}

export interface ColumnProfile {
  readonly column: string;
  readonly counted: ProfileKind;
  /** Whether the values are elements of lists. */
  readonly inLists: boolean;
  /** Whether the values are those of a joined table, for each row; absent for the rows' own columns. */
  readonly isJoined?: true;
  /** Whether the values are steps that are made from a log; absent for the rows' own columns. */
  readonly isMade?: true;
  /** The number of values, and of missing ones. */
  readonly present: number;
  readonly missing: number;
  /** For numbers: texts that are not numbers, and numbers that are not finite. */
  readonly unreadable: number;
  readonly numbers: { readonly least: number; readonly largest: number; readonly mean: number } | null;
  /**
   * For ids: the number of distinct ones, and of new ones; `fresh` is null without a vocabulary, as for
   * hashed ids.
   */
  readonly distinct: number | null;
  readonly fresh: number | null;
  readonly bins: Bins;
}

/** The statistics of a file. */
export interface Profile {
  readonly path: string;
  readonly rows: number;
  /** The number of rows that were sampled by hash for the column statistics; null if these cover all rows. */
  readonly drawn: number | null;
  readonly columns: readonly ColumnProfile[];
}

export const TOP_VALUES = 20;
export const DECILES = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9] as const;

export function missingShare({ present, missing }: ColumnProfile): number {
  return share(missing, present + missing);
}

/** Null if new ids cannot be determined. */
export function newShare({ present, fresh }: ColumnProfile): number | null {
  return fresh === null ? null : share(fresh, present);
}

export function share(part: number, of: number): number {
  return of === 0 ? 0 : part / of;
}

/** For two columns with the same bins. */
export function psiOf(file: ColumnProfile, baseline: ColumnProfile): number {
  return psi([...file.bins.counts, file.missing], [...baseline.bins.counts, baseline.missing]);
}

/** From counts by bin. */
export function psi(file: readonly number[], baseline: readonly number[]): number {
  const [a, b] = [smoothed(file), smoothed(baseline)];
  return a.reduce((sum, share, bin) => sum + (share - b[bin]!) * Math.log(share / b[bin]!), 0);
}

function smoothed(counts: readonly number[]): number[] {
  const total = counts.reduce((sum, count) => sum + count + 0.5, 0);
  return counts.map((count) => (count + 0.5) / total);
}

export type Shift = "little" | "some" | "much";

export function shiftOf(index: number): Shift {
  return index < 0.1 ? "little" : index < 0.25 ? "some" : "much";
}

/** A column of a file with the corresponding statistics of the training rows. */
export interface ComparedColumn extends ColumnProfile {
  /** From 0 to 1. */
  readonly missingShare: number;
  /** Null if the ids known to training are not listed. */
  readonly newShare: number | null;
  /** Null if the baseline lacks the column. */
  readonly before: ColumnProfile | null;
  readonly psi: number | null;
  readonly shift: Shift | null;
}

/** `400 rows of train.csv`; for a sample, `31,020 of 307,552 rows of train.csv, drawn by hash`. */
export function rowsText({ path, rows, drawn }: Pick<Profile, "path" | "rows" | "drawn">): string {
  const all = `${formatCount(rows)} rows of ${path}`;
  return drawn === null ? all : `${formatCount(drawn)} of ${all}, drawn by hash`;
}
