// Computes the metrics of a spec from the logits of one prediction, with 95 % intervals by bootstrap over
// users. It works in slices, so that the caller can report progress.

import type { MetricValue, ReliabilityBin } from "../../middle/metrics/define-metric.ts";
import type { Outcome } from "../../middle/metrics/outcome.ts";
import { groupedBy, groupsOf, type Metric, measure, titlesOf } from "../../middle/metrics/registry.ts";
import type { Accelerate } from "../../middle/metrics/resampling.ts";
import { LabelledScores } from "../../middle/metrics/scored.ts";
import { EventLoopYield } from "../event-loop-yield.ts";
import { bootstrap, type Interval, type MeasureProgress, type Resampling } from "./bootstrap.ts";

export interface MeasureRequest {
  /** The metrics that fit `outcome`. */
  readonly metrics: readonly Metric[];
  readonly outcome: Outcome;
  /** The user feature for resampling metrics over all rows; null if it is unknown. */
  readonly users: string | null;
  readonly logits: Float32Array;
  readonly labels: Float32Array;
  /** The weight of each row; null if each counts once. */
  readonly weights: Float32Array | null;
  /** By feature that a metric groups by: one number per row. */
  readonly groups: ReadonlyMap<string, Int32Array>;
  readonly resampling: Resampling;
}

/** Details of a metric's value. */
export interface MetricDetails {
  readonly metric: Metric;
  /** The kind of label; binary by default. */
  readonly outcome?: Outcome;
  readonly groups: MetricValue["groups"];
  /** null if no metric names the users, there is only one user, or the metric has no interval. */
  readonly interval: Interval | null;
  readonly table: readonly ReliabilityBin[] | null;
  readonly constant?: MetricValue["constant"];
}

/** By title (see `titlesOf`), such as `auc` or `ndcg@10`, in the order of the spec. */
export interface Metrics {
  /** NaN if the rows do not define it (one class only). */
  readonly values: Readonly<Record<string, number>>;
  readonly details: Readonly<Record<string, MetricDetails>>;
}

export type Measure = (
  request: MeasureRequest,
  onProgress?: (progress: MeasureProgress) => void,
) => Promise<Metrics>;

export async function measureHere(
  request: MeasureRequest,
  onProgress: (progress: MeasureProgress) => void = () => {},
): Promise<Metrics> {
  const turns = new EventLoopYield();
  const slices = evaluateInSlices(request);
  for (;;) {
    const slice = slices.next();
    if (slice.done === true) return slice.value;
    onProgress(slice.value);
    await turns.take();
  }
}

export function* evaluateInSlices(
  request: MeasureRequest,
  accelerate: Accelerate = (units) => units,
): Generator<MeasureProgress, Metrics> {
  const { metrics, outcome, logits, labels, weights, groups } = request;
  const scored = new LabelledScores(logits, labels, groups, outcome, weights);
  const titles = titlesOf(metrics);
  const measured: MetricValue[] = [];
  for (const [i, metric] of metrics.entries()) {
    yield { kind: "metric", title: titles[i]! };
    measured.push(measure(metric, scored));
  }
  const intervals = yield* intervalsOf(request, scored, measured, accelerate);
  const values: Record<string, number> = {};
  const details: Record<string, MetricDetails> = {};
  for (const [i, metric] of metrics.entries()) {
    const { value, groups, table, constant } = measured[i]!;
    const beside = constant === undefined ? {} : { constant };
    values[titles[i]!] = value;
    details[titles[i]!] = { metric, outcome, groups, interval: intervals[i]!, table, ...beside };
  }
  return { values, details };
}

/**
 * By metric. Metrics over all rows use the users of the first metric that names them, because rows of one
 * user are not independent.
 */
function* intervalsOf(
  { metrics, users, resampling }: MeasureRequest,
  scored: LabelledScores,
  measured: readonly MetricValue[],
  accelerate: Accelerate,
): Generator<MeasureProgress, (Interval | null)[]> {
  const intervals: (Interval | null)[] = metrics.map(() => null);
  for (const by of new Set([...(users === null ? [] : [users]), ...groupsOf(metrics)])) {
    const units = accelerate(scored.groups(by));
    const places = metrics.flatMap((metric, i) => {
      const { value, resampled } = measured[i]!;
      const isHere = (groupedBy(metric) ?? users) === by && Number.isFinite(value);
      return isHere && resampled !== null ? [{ place: i, estimator: resampled(units) }] : [];
    });
    if (places.length === 0) continue;
    const estimators = places.map(({ estimator }) => estimator);
    const found = yield* bootstrap(units.count, estimators, resampling, by);
    for (const [i, { place }] of places.entries()) intervals[place] = found[i]!;
  }
  return intervals;
}
