// Measures how much worse some scores are than others on the same rows, with intervals by bootstrap over
// users. Both see the same draws, so that common effects cancel out.

import type { Outcome } from "../../middle/metrics/outcome.ts";
import {
  groupedBy,
  groupsOf,
  type Metric,
  measure,
  metricOf,
  titlesOf,
} from "../../middle/metrics/registry.ts";
import type { Estimator } from "../../middle/metrics/resampling.ts";
import { LANES } from "../../middle/metrics/resampling.ts";
import { LabelledScores } from "../../middle/metrics/scored.ts";
import { EventLoopYield } from "../event-loop-yield.ts";
import { bootstrap, type Interval, type Resampling } from "./bootstrap.ts";

export interface MetricDifference {
  /** Such as `auc` or `ndcg@10`. */
  readonly metric: string;
  /** The value for the base scores, and the mean for the others. */
  readonly before: number;
  readonly after: number;
  /** How much worse `after` is, in the metric's own direction; negative if it is better. */
  readonly worse: number;
  /**
   * The interval of `worse`; null if no metric names the users, there are too few, or the metric has no
   * interval.
   */
  readonly interval: Interval | null;
}

export interface ComparedScores {
  /** The metrics that fit `outcome`. */
  readonly metrics: readonly Metric[];
  readonly outcome: Outcome;
  /** The user feature for resampling metrics over all rows; null if it is unknown. */
  readonly users: string | null;
  readonly labels: Float32Array;
  /** The weight of each row; null if each counts once. */
  readonly weights: Float32Array | null;
  readonly groups: ReadonlyMap<string, Int32Array>;
  readonly resampling: Resampling;
}

/**
 * The user feature for resampling metrics without groups: the first one that a metric groups by; null if none
 * does.
 */
export function usersOf(metrics: readonly Metric[]): string | null {
  return [...groupsOf(metrics)][0] ?? null;
}

/**
 * Compares base scores with others of the same rows. For several `others`, such as several permutations,
 * their mean counts.
 */
export class Differences {
  private readonly rows: ComparedScores;
  private readonly base: LabelledScores;

  constructor(rows: ComparedScores, base: Float32Array) {
    this.rows = rows;
    this.base = new LabelledScores(base, rows.labels, rows.groups, rows.outcome, rows.weights);
  }

  async to(others: readonly Float32Array[]): Promise<MetricDifference[]> {
    const { metrics, outcome, users, labels, weights, groups, resampling } = this.rows;
    const titles = titlesOf(metrics);
    const all = others.map((logits) => new LabelledScores(logits, labels, groups, outcome, weights));
    const found: MetricDifference[] = [];
    for (const [i, metric] of metrics.entries()) {
      const sign = metricOf(metric).better === "higher" ? 1 : -1;
      const before = measure(metric, this.base);
      const measured = all.map((each) => measure(metric, each));
      const after = measured.reduce((sum, { value }) => sum + value, 0) / measured.length;
      const by = groupedBy(metric) ?? users;
      const resampled = [before, ...measured].map((each) => each.resampled);
      let interval: Interval | null = null;
      if (by !== null && resampled.every((each) => each !== null)) {
        const units = this.base.groups(by);
        const [first, ...rest] = resampled.map((of) => of(units)) as [Estimator, ...Estimator[]];
        interval = await drawn(units.count, differenceFrom(first, rest, sign), resampling, by);
      }
      const worse = sign * (before.value - after);
      found.push({ metric: titles[i]!, before: before.value, after, worse, interval });
    }
    return found;
  }
}

/** Estimates `sign` times the difference between `base` and the mean of `others`, in the same draws. */
export function differenceFrom(base: Estimator, others: readonly Estimator[], sign: 1 | -1): Estimator {
  const one = new Float64Array(LANES);
  return (weights, out) => {
    base(weights, out);
    for (let lane = 0; lane < LANES; lane++) out[lane]! *= sign;
    for (const other of others) {
      other(weights, one);
      for (let lane = 0; lane < LANES; lane++) out[lane]! -= (sign * one[lane]!) / others.length;
    }
  };
}

async function drawn(
  users: number,
  estimator: Estimator,
  resampling: Resampling,
  by: string,
): Promise<Interval | null> {
  const turns = new EventLoopYield();
  const slices = bootstrap(users, [estimator], resampling, by);
  for (;;) {
    const slice = slices.next();
    if (slice.done === true) return slice.value[0]!;
    await turns.take();
  }
}
