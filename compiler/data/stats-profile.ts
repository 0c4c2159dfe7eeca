// Turns a ranker's counts (`ranker.stats()`) into the profile of a file with the columns of the training
// rows, so that both are compared in the same way.

import type { History, Model } from "../frontend/model/model.ts";
import type { HistoryStats, NumberStats, RankerStats, ValueStats } from "../serve/stats.ts";
import type { Bins, ColumnProfile, Profile } from "./profile.ts";

/**
 * The columns of the training rows' profile that the ranker counts. The stats must belong to the run whose
 * baseline is `before`, because its bins are in the weights. Candidates are the rows.
 */
export function profileOfStats(stats: RankerStats, model: Model, before: Profile, path: string): Profile {
  const histories = [...model.histories.values()];
  const columns = before.columns.flatMap((column) => {
    if (column.counted === "label") return [];
    const history = histories.find(({ fields }) => fields.some((field) => field.column === column.column));
    const found = history === undefined ? ofFeature(stats, column) : ofHistory(stats, history, column);
    return found ?? [];
  });
  return { path, rows: stats.candidates, drawn: null, columns };
}

function ofFeature({ features }: RankerStats, column: ColumnProfile): ColumnProfile | null {
  const found = own(features, column.column);
  // Lengths of sets and texts are not counted.
  return found === null || column.counted === "lengths" ? null : valuesOf(found, column);
}

function ofHistory(stats: RankerStats, history: History, column: ColumnProfile) {
  const { name, fields } = history;
  const found = own(stats.histories, name);
  if (found === null) return null;
  if (column.counted === "lengths")
    return column.column === fields[0]!.column ? lengthsOf(found, stats.requests, column, history.max) : null;
  const field = fields.find((each) => each.column === column.column)!;
  const values = own(found.fields, field.name);
  return values === null ? null : valuesOf(values, column);
}

function own<T>(all: Readonly<Record<string, T>>, name: string): T | null {
  return Object.hasOwn(all, name) ? all[name]! : null;
}

function valuesOf(
  { values, missing, unknown, bins, numbers }: ValueStats,
  before: ColumnProfile,
): ColumnProfile {
  const { column, counted, inLists } = before;
  return {
    ...{ column, counted, inLists, present: values, missing, unreadable: 0 },
    ...{ numbers: numbers === null ? null : rangeOf(numbers, values), distinct: null },
    // For hashed ids, new ones cannot be determined, not even in training rows.
    fresh: before.fresh === null ? null : unknown,
    bins:
      numbers === null
        ? idBins(bins, before)
        : { by: "bounds", bounds: numbers.bounds, counts: numbers.bins },
  };
}

/** Empty if the ranker does not have the training rows' frequent values. */
function idBins(counts: readonly number[], { bins }: ColumnProfile): Bins {
  return { by: "values", values: bins.by === "values" ? bins.values : [], counts };
}

/**
 * In a file of texts, an empty history is a missing list. A history that is made from a log has at most `max` steps; a request may
 * have more.
 */
function lengthsOf(
  { empty, lengths }: HistoryStats,
  requests: number,
  before: ColumnProfile,
  max: number,
): ColumnProfile {
  const { column, counted, inLists, numbers } = before;
  const areMissing = numbers === null || numbers.least > 0;
  const present = areMissing ? requests - empty : requests;
  const counts = lengths.bins.map((count, i) => (i === 0 && !areMissing ? count + empty : count));
  if (before.isMade === true && lengths.bounds.at(-1) === max)
    counts.splice(-2, 2, counts.at(-2)! + counts.at(-1)!, 0);
  const least = areMissing || empty === 0 ? lengths.least : 0;
  return {
    ...{ column, counted, inLists, present, missing: areMissing ? empty : 0, unreadable: 0 },
    ...{ numbers: rangeOf({ ...lengths, least, largest: lengths.largest ?? least }, present) },
    ...{ distinct: null, fresh: null, bins: { by: "bounds", bounds: lengths.bounds, counts } },
  };
}

function rangeOf({ sum, least, largest }: NumberStats, count: number): ColumnProfile["numbers"] {
  return count === 0 || least === null || largest === null ? null : { least, largest, mean: sum / count };
}
