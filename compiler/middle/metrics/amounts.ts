// Shared code of metrics of amounts: means over rows, and functions of such means under resampling.

import { type Estimator, LANES, ratio, type Units } from "./resampling.ts";
import type { LabelledScores } from "./scored.ts";

/** The numbers of a row, in a fixed order. */
export type ValuesAt = (row: number) => readonly number[];

/** The means over all rows, weighted. */
export function meansOfRows(scored: LabelledScores, count: number, valuesAt: ValuesAt): number[] {
  const sums = new Array<number>(count).fill(0);
  for (let row = 0; row < scored.rows; row++)
    for (const [i, value] of valuesAt(row).entries()) sums[i]! += scored.weightOf(row) * value;
  return sums.map((sum) => sum / scored.total);
}

/** `of` computes the value from the means over the rows of the drawn units. */
export function functionOfMeans(
  scored: LabelledScores,
  count: number,
  valuesAt: ValuesAt,
  of: (means: readonly number[]) => number,
): (units: Units) => Estimator {
  return (units) => {
    const sums = Array.from({ length: count }, () => new Float64Array(units.count));
    const rows = new Float64Array(units.count);
    for (let row = 0; row < units.of.length; row++) {
      const unit = units.of[row]!;
      const weight = scored.weightOf(row);
      for (const [i, value] of valuesAt(row).entries()) sums[i]![unit]! += weight * value;
      rows[unit]! += weight;
    }
    const estimators = sums.map((sum) => ratio(sum, rows));
    const means = sums.map(() => new Float64Array(LANES));
    return (weights, out) => {
      for (const [i, estimator] of estimators.entries()) estimator(weights, means[i]!);
      for (let lane = 0; lane < LANES; lane++) out[lane] = of(means.map((mean) => mean[lane]!));
    };
  };
}
