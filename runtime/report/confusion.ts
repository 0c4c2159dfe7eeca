// Computes the confusion matrix of predicted classes, and the AUC of each class against all others.

import { resampledAuc } from "../../compiler/middle/metrics/auc.metric.ts";
import { aucOf, likeliest, ofClass } from "../../compiler/middle/metrics/classes.ts";
import { LabelledScores } from "../../compiler/middle/metrics/scored.ts";
import type { Breakdown, BreakdownInput, Bucket } from "./breakdown.ts";
import { intervalsBy } from "./resampled.ts";

export interface ClassFindings {
  readonly label: string;
  /** The classes in the table: the most frequent ones, in the label's order. */
  readonly classes: readonly string[];
  /** The number of further classes; their rows are counted as `others`, which come last. */
  readonly others: number;
  /** The number of rows by their class, then by the most likely class. */
  readonly counts: readonly (readonly number[])[];
  /** The share of rows whose class is the most likely one. */
  readonly accuracy: number;
  readonly byClass: Breakdown;
  /** The mean AUC of all classes. */
  readonly macroAuc: number;
}

const MOST_CLASSES = 12;

/** `logits` contains one value for each of `names`, row by row. */
export async function classFindings(
  label: string,
  names: readonly string[],
  rows: BreakdownInput,
): Promise<ClassFindings> {
  const { users, seed } = rows;
  const columns = new Map(users === null ? [] : [[users.by, users.of]]);
  const scored = new LabelledScores(rows.logits, rows.labels, columns, "class", rows.weights);
  const frequency = names.map(() => 0);
  for (let row = 0; row < scored.rows; row++) frequency[scored.labels[row]!]! += scored.weightOf(row);
  const shown = names
    .map((_, place) => place)
    .sort((a, b) => frequency[b]! - frequency[a]! || a - b)
    .slice(0, MOST_CLASSES)
    .sort((a, b) => a - b);
  const others = names.length - shown.length;
  const placeOf = names.map((_, place) => {
    const at = shown.indexOf(place);
    return at < 0 ? shown.length : at;
  });
  const size = shown.length + Number(others > 0);
  const counts = Array.from({ length: size }, () => new Array<number>(size).fill(0));
  let right = 0;
  for (let row = 0; row < scored.rows; row++) {
    const [own, taken] = [scored.labels[row]!, likeliest(scored, row)];
    counts[placeOf[own]!]![placeOf[taken]!]! += scored.weightOf(row);
    if (own === taken) right += scored.weightOf(row);
  }
  // For a class that is not in the table, only the area is needed.
  const ranked = names.map((_, place) => {
    const own = ofClass(scored, place);
    return { area: aucOf(own), rows: shown.includes(place) ? own : null };
  });
  const areas = ranked.map(({ area }) => area);
  const defined = areas.filter(Number.isFinite);
  const measured = shown.filter((place) => Number.isFinite(areas[place]!));
  const intervals =
    users === null
      ? []
      : await intervalsBy(
          users.by,
          scored.groups(users.by).count,
          measured.map((place) => resampledAuc(ranked[place]!.rows!, scored.groups(users.by))),
          seed,
        );
  const buckets = shown.map((place): Bucket => {
    const interval = intervals[measured.indexOf(place)] ?? null;
    return {
      ...{ name: names[place]!, rows: scored.rows, clicks: frequency[place]! },
      ...{ auc: areas[place]!, interval },
    };
  });
  return {
    ...{ label, others, counts, classes: shown.map((place) => names[place]!) },
    accuracy: right / scored.total,
    byClass: { title: "class", doc: "a class against all others", buckets },
    macroAuc: defined.reduce((sum, area) => sum + area, 0) / defined.length,
  };
}
