// Tests whether two models differ beyond chance on the same rows: a paired bootstrap (Efron & Tibshirani
// 1993, section 16.4). Users are drawn with replacement, the same ones for both models, and the difference of
// a metric is computed in each draw. Rows that both find easy or hard cancel out, so this detects far smaller
// differences than comparing the two intervals.

import type { MetricValue } from "../../middle/metrics/define-metric.ts";
import type { Outcome } from "../../middle/metrics/outcome.ts";
import { groupedBy, type Metric, measure, metricOf, titlesOf } from "../../middle/metrics/registry.ts";
import type { Estimator, Units } from "../../middle/metrics/resampling.ts";
import { LabelledScores } from "../../middle/metrics/scored.ts";
import { withFasterAuc } from "./auc-by-blocks.ts";
import { type Interval, type MeasureProgress, middle, type Resampling, resampled } from "./bootstrap.ts";
import { differenceFrom } from "./differences.ts";

export interface PairedRequest {
  /** The metrics that fit `outcome`. */
  readonly metrics: readonly Metric[];
  readonly outcome: Outcome;
  /** The logits of the two models. */
  readonly logits: readonly [a: Float32Array, b: Float32Array];
  readonly labels: Float32Array;
  /** The weight of each row; null if each counts once. */
  readonly weights: Float32Array | null;
  /** By feature that a metric groups by, and by the resampled feature. */
  readonly groups: ReadonlyMap<string, Int32Array>;
  /** The feature that is resampled for metrics without groups; null to resample rows. */
  readonly users: string | null;
  readonly resampling: Resampling;
}

export interface PairedDifference {
  readonly metric: Metric;
  readonly title: string;
  readonly better: "higher" | "lower";
  /** The values of the two models on all rows; NaN if these define none. */
  readonly a: number;
  readonly b: number;
  /**
   * The middle 95 % of b − a over the resamples. Null if a metric cannot be resampled, or most resamples
   * define no value.
   */
  readonly interval: Interval | null;
  /**
   * The probability of a difference at least as large from the choice of users alone, if the models were
   * equally good (two-sided). It is below 0.05 if the interval excludes 0, apart from rounding.
   */
  readonly p: number | null;
}

/** The unit of draws if rows are drawn. */
export const ROWS = "row";

export function* pairedInSlices(request: PairedRequest): Generator<MeasureProgress, PairedDifference[]> {
  const { metrics, outcome, logits, labels, weights, groups, users, resampling } = request;
  const [a, b] = [
    new LabelledScores(logits[0], labels, groups, outcome, weights),
    new LabelledScores(logits[1], labels, groups, outcome, weights),
  ];
  const titles = titlesOf(metrics);
  const measured: (readonly [MetricValue, MetricValue])[] = [];
  for (const [i, metric] of metrics.entries()) {
    yield { kind: "metric", title: titles[i]! };
    measured.push([measure(metric, a), measure(metric, b)]);
  }
  const drawn = metrics.map((metric) => groupedBy(metric) ?? users);
  const tests: Pick<PairedDifference, "interval" | "p">[] = metrics.map(() => ({ interval: null, p: null }));
  for (const by of new Set(drawn)) {
    const units = withFasterAuc(by === null ? eachRow(a.rows) : a.groups(by));
    const places = [...metrics.keys()].filter((i) => drawn[i] === by && isTestable(measured[i]!));
    if (places.length === 0 || units.count < 2 || resampling.resamples === 0) continue;
    const estimators = places.map((i) => {
      const [one, other] = measured[i]!.map((each) => each.resampled!(units)) as [Estimator, Estimator];
      return differenceFrom(one, [other], -1);
    });
    const differences = yield* resampled(units.count, estimators, resampling, by ?? ROWS);
    for (const [i, place] of places.entries()) tests[place] = tested(differences[i]!, by ?? ROWS);
  }
  return metrics.map((metric, i) => {
    const [{ value: one }, { value: other }] = measured[i]!;
    return { metric, title: titles[i]!, better: metricOf(metric).better, a: one, b: other, ...tests[i]! };
  });
}

function isTestable(measured: readonly [MetricValue, MetricValue]): boolean {
  return measured.every(({ value, resampled: estimator }) => Number.isFinite(value) && estimator !== null);
}

function eachRow(rows: number): Units {
  return { count: rows, of: Uint32Array.from({ length: rows }, (_, row) => row) };
}

function tested(differences: Float64Array, by: string): Pick<PairedDifference, "interval" | "p"> {
  const interval = middle(differences, by);
  if (interval === null) return { interval: null, p: null };
  let [below, above, all] = [0, 0, 0];
  for (const difference of differences) {
    if (!Number.isFinite(difference)) continue;
    all += 1;
    if (difference <= 0) below += 1;
    if (difference >= 0) above += 1;
  }
  // The original rows count as one draw, so that the probability is never 0 (Davison & Hinkley 1997, section
  // 4.2).
  return { interval, p: Math.min(1, (2 * (1 + Math.min(below, above))) / (1 + all)) };
}
