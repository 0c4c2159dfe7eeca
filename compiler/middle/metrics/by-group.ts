// Metrics of a ranking: computed for each group (a user's candidates), then averaged. Groups without a value are
// skipped and counted.

import type { MetricValue } from "./define-metric.ts";
import { ratio } from "./resampling.ts";
import type { LabelledScores } from "./scored.ts";

/** Rows of a group with equal scores, which the ranking does not order. */
export interface Tie {
  /** The number of rows above it. */
  readonly above: number;
  readonly rows: number;
  readonly clicks: number;
}

/** One group's rows: `order[from]` … `order[to − 1]`, lowest score first. */
export interface ScoredGroup {
  readonly scored: LabelledScores;
  readonly order: Uint32Array;
  readonly from: number;
  readonly to: number;
  readonly clicks: number;
}

/** The weighted mean of `measureOf` over groups; a group whose value is NaN is skipped. */
export function meanOfGroups(
  scored: LabelledScores,
  by: string,
  measureOf: (group: ScoredGroup) => number,
  weightOf: (group: ScoredGroup) => number = () => 1,
): MetricValue {
  const { order, starts, count } = scored.groups(by);
  const values = new Float64Array(count);
  const weights = new Float64Array(count);
  let skipped = 0;
  let sum = 0;
  let total = 0;
  for (let index = 0; index < count; index++) {
    const [from, to] = [starts[index]!, starts[index + 1]!];
    let clicks = 0;
    for (let i = from; i < to; i++) clicks += scored.labels[order[i]!] === 1 ? 1 : 0;
    const group = { scored, order, from, to, clicks };
    const value = measureOf(group);
    if (Number.isNaN(value)) skipped += 1;
    else {
      weights[index] = weightOf(group);
      values[index] = weights[index]! * value;
    }
    sum += values[index]!;
    total += weights[index]!;
  }
  return {
    value: scored.isOrdered ? sum / total : Number.NaN,
    groups: { count, skipped },
    table: null,
    resampled: () => ratio(values, weights),
  };
}

/** The ties of a group from the top down. A row with a score of its own is a tie of one. */
export function* tiesFromTop({ scored: { logits, labels }, order, from, to }: ScoredGroup): Generator<Tie> {
  for (let next = to; next > from; ) {
    const last = next;
    const score = logits[order[next - 1]!]!;
    let clicks = 0;
    while (next > from && logits[order[next - 1]!] === score) clicks += labels[order[--next]!] === 1 ? 1 : 0;
    if (next === last) return; // NaN equals nothing
    yield { above: to - last, rows: last - next, clicks };
  }
}
