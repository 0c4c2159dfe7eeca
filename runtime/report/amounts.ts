// Compares predictions of amounts and shares with the observed values: by tenths of the rows in the order of
// predictions, with an interval for each tenth's mean and the spread of its errors.

import { ratio } from "../../compiler/middle/metrics/resampling.ts";
import { LabelledScores } from "../../compiler/middle/metrics/scored.ts";
import type { Interval } from "../../compiler/train/metrics/bootstrap.ts";
import type { BreakdownInput } from "./breakdown.ts";
import { intervalsBy } from "./resampled.ts";

export interface AmountFindings {
  readonly label: string;
  /** The root mean squared error of these rows. */
  readonly rmse: number;
  /** In the order of predictions; empty if a prediction is not a number. */
  readonly bins: readonly AmountBin[];
}

export interface AmountBin {
  /** The sum of their weights. */
  readonly rows: number;
  readonly highest: number;
  /** Means over the rows. */
  readonly predicted: number;
  readonly observed: number;
  /** The interval of `observed`. */
  readonly interval: Interval | null;
  /** Quantiles of label minus prediction: 10 %, 50 % and 90 % of the rows are below. */
  readonly errors: { readonly low: number; readonly middle: number; readonly high: number };
}

const MOST_BINS = 10;

/** `logits` contains predictions in the units of the label. */
export async function amountFindings(label: string, rows: BreakdownInput): Promise<AmountFindings> {
  const { users, seed } = rows;
  const columns = new Map(users === null ? [] : [[users.by, users.of]]);
  const scored = new LabelledScores(rows.logits, rows.labels, columns, "number", rows.weights);
  const { logits, labels, total } = scored;
  const sum = (of: Iterable<number>, valueAt: (row: number) => number) => {
    let all = 0;
    for (const row of of) all += scored.weightOf(row) * valueAt(row);
    return all;
  };
  const every = Array.from({ length: scored.rows }, (_, row) => row);
  const rmse = Math.sqrt(sum(every, (row) => (labels[row]! - logits[row]!) ** 2) / total);
  const tenths = scored.isOrdered ? tenthsOf(scored) : [];
  const intervals = users === null ? [] : await meanIntervals(scored, tenths, users.by, seed);
  const bins = tenths.map((own, i): AmountBin => {
    const weight = sum(own, () => 1);
    return {
      rows: weight,
      highest: logits[own.at(-1)!]!,
      predicted: sum(own, (row) => logits[row]!) / weight,
      observed: sum(own, (row) => labels[row]!) / weight,
      interval: intervals[i] ?? null,
      errors: spreadOf(scored, own, weight),
    };
  });
  return { label, rmse, bins };
}

/** Rows with equal predictions are in the same tenth. */
function tenthsOf({ order, logits, rows }: LabelledScores): Uint32Array[] {
  const tenths: Uint32Array[] = [];
  for (let bin = 1, from = 0; bin <= MOST_BINS; bin++) {
    let to = Math.max(from, Math.round((bin * rows) / MOST_BINS));
    while (to > from && to < rows && logits[order[to]!] === logits[order[to - 1]!]) to += 1;
    if (to > from) tenths.push(order.subarray(from, to));
    from = to;
  }
  return tenths;
}

function spreadOf(scored: LabelledScores, own: Uint32Array, weight: number): AmountBin["errors"] {
  const errors = Array.from(own, (row) => ({
    error: scored.labels[row]! - scored.logits[row]!,
    weight: scored.weightOf(row),
  })).sort((a, b) => a.error - b.error);
  const upTo = (share: number) => {
    let seen = 0;
    for (const each of errors) {
      seen += each.weight;
      if (seen >= share * weight) return each.error;
    }
    return errors.at(-1)!.error;
  };
  return { low: upTo(0.1), middle: upTo(0.5), high: upTo(0.9) };
}

function meanIntervals(
  scored: LabelledScores,
  tenths: readonly Uint32Array[],
  by: string,
  seed: number,
): Promise<(Interval | null)[]> {
  const { count, of } = scored.groups(by);
  const estimators = tenths.map((own) => {
    const [sums, rows] = [new Float64Array(count), new Float64Array(count)];
    for (const row of own) {
      sums[of[row]!]! += scored.weightOf(row) * scored.labels[row]!;
      rows[of[row]!]! += scored.weightOf(row);
    }
    return ratio(sums, rows);
  });
  return intervalsBy(by, count, estimators, seed);
}
