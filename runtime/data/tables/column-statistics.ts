// Statistics of a column from the counts of its values.

import type { ColumnProfile, NumberBins } from "../../../compiler/data/profile.ts";
import { DECILES } from "../../../compiler/data/profile.ts";
import { type CountedColumn, MostFrequent } from "./profile-file.ts";

type Counted = Pick<CountedColumn, "column" | "counted" | "inLists">;

export interface NumberCounts {
  /** The number of times that each finite number occurs. */
  readonly counts: ReadonlyMap<number, number>;
  readonly sum: number;
  readonly missing: number;
  readonly unreadable: number;
}

/** The counts of the ids of the vocabulary, or without a vocabulary of all ids. */
export interface KnownIds {
  /** The number of all of them. */
  readonly present: number;
  /** The most frequent ones, as `MostFrequent` has them. */
  readonly top: readonly (readonly [id: string, count: number])[];
  countOf(id: string): number;
}

export interface IdCounts {
  readonly known: KnownIds;
  /** The number of new ids; null without a vocabulary. */
  readonly fresh: number | null;
  readonly missing: number;
  /** Null if new ids are not told apart. */
  readonly distinct: number | null;
}

/** `before` gives the bins; without it they are computed. */
export function numberProfile(
  { column, counted, inLists }: Counted,
  { counts, sum, missing, unreadable }: NumberCounts,
  before: ColumnProfile | null,
): ColumnProfile {
  const values = Float64Array.from(counts.keys()).sort();
  const ends: number[] = [];
  for (const value of values) ends.push((ends.at(-1) ?? 0) + counts.get(value)!);
  const present = ends.at(-1) ?? 0;
  const numbers = present === 0 ? null : { least: values[0]!, largest: values.at(-1)!, mean: sum / present };
  const bins = numberBins(values, ends, before);
  return {
    column,
    counted,
    inLists,
    present,
    missing,
    unreadable,
    numbers,
    distinct: null,
    fresh: null,
    bins,
  };
}

/** The same counts, of ids with the number of times that each occurs. */
export function knownIds(counts: ReadonlyMap<string, number>): KnownIds {
  let present = 0;
  const top = new MostFrequent();
  for (const [id, count] of counts) {
    present += count;
    top.add(id, count);
  }
  return { present, top: top.values, countOf: (id) => counts.get(id) ?? 0 };
}

/** `before` gives the bins; without it they are computed. */
export function idProfile(
  { column, counted, inLists }: Counted,
  { known, fresh, missing, distinct }: IdCounts,
  before: ColumnProfile | null,
): ColumnProfile {
  const values =
    before?.bins.by === "values"
      ? before.bins.values.map((value) => [value, known.countOf(value)] as const)
      : known.top;
  const present = known.present + (fresh ?? 0);
  const named = values.reduce((sum, [, count]) => sum + count, 0);
  return {
    ...{ column, counted, inLists, present, missing, unreadable: 0, numbers: null, distinct, fresh },
    bins: {
      by: "values",
      values: values.map(([value]) => value),
      counts: [...values.map(([, count]) => count), known.present - named],
    },
  };
}

/** The bins of the baseline, or between the deciles. `ends` counts the numbers up to each of the sorted values. */
function numberBins(values: Float64Array, ends: readonly number[], before: ColumnProfile | null): NumberBins {
  const bounds = before?.bins.by === "bounds" ? before.bins.bounds : decilesOf(values, ends);
  const counts: number[] = [];
  let [at, from] = [0, 0];
  for (const bound of bounds) {
    while (at < values.length && values[at]! <= bound) at += 1;
    const to = at === 0 ? 0 : ends[at - 1]!;
    counts.push(to - from);
    from = to;
  }
  return { by: "bounds", bounds, counts: [...counts, (ends.at(-1) ?? 0) - from] };
}

/** The deciles as DuckDB's `quantile_disc` computes them. */
function decilesOf(values: Float64Array, ends: readonly number[]): readonly number[] {
  const n = ends.at(-1);
  if (n === undefined) return [];
  let at = 0;
  const deciles = DECILES.map((q) => {
    const place = Math.max(1, n - Math.floor(n - q * n));
    while (ends[at]! < place) at += 1;
    return values[at]!;
  });
  return [...new Set(deciles)];
}
