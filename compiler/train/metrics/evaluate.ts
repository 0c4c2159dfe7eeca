// Computes the metrics of a spec from the logits of one prediction, with 95 % intervals by bootstrap over users. It works in
// slices, so that the caller can report progress.

import type { MetricValue, ReliabilityBin } from "../../middle/metrics/define-metric.ts";
import type { Outcome } from "../../middle/metrics/outcome.ts";
import { groupedBy, groupsOf, type Metric, measure, titlesOf } from "../../middle/metrics/registry.ts";
import { LabelledScores } from "../../middle/metrics/scored.ts";
import { EventLoopYield } from "../event-loop-yield.ts";
import { bootstrap, type Interval, type MeasureProgress, type Resampling } from "./bootstrap.ts";

export interface MeasureRequest {
  /** Those that fit `outcome`. */
  readonly metrics: readonly Metric[];
  readonly outcome: Outcome;
  /** The feature of the users whom metrics over all rows draw; null where none is known. */
  readonly users: string | null;
  readonly logits: Float32Array;
  readonly labels: Float32Array;
  /** How many rows each row counts as; null where each counts once. */
  readonly weights: Float32Array | null;
  /** By feature that a metric groups by: one number a row. */
  readonly groups: ReadonlyMap<string, Int32Array>;
  readonly resampling: Resampling;
}

/** Facts about a metric's value. */
export interface MetricDetails {
  readonly metric: Metric;
  /** What it measured; a yes or no where nothing is said. */
  readonly outcome?: Outcome;
  readonly groups: MetricValue["groups"];
  /** null where no metric says who the users are, there is only one, or the metric has none. */
  readonly interval: Interval | null;
  readonly table: readonly ReliabilityBin[] | null;
}

/** By title, see `titlesOf`: `auc`, `ndcg@10`; in the order of the spec. */
export interface Metrics {
  /** NaN where the rows do not define one (one class only). */
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

export function* evaluateInSlices(request: MeasureRequest): Generator<MeasureProgress, Metrics> {
  const { metrics, outcome, logits, labels, weights, groups } = request;
  const scored = new LabelledScores(logits, labels, groups, outcome, weights);
  const titles = titlesOf(metrics);
  const measured: MetricValue[] = [];
  for (const [i, metric] of metrics.entries()) {
    yield { kind: "metric", title: titles[i]! };
    measured.push(measure(metric, scored));
  }
  const intervals = yield* intervalsOf(request, scored, measured);
  const values: Record<string, number> = {};
  const details: Record<string, MetricDetails> = {};
  for (const [i, metric] of metrics.entries()) {
    const { value, groups, table } = measured[i]!;
    values[titles[i]!] = value;
    details[titles[i]!] = { metric, outcome, groups, interval: intervals[i]!, table };
  }
  return { values, details };
}

/** By metric. One over all rows has the users of the first that names them: rows of one user are no independent ones. */
function* intervalsOf(
  { metrics, users, resampling }: MeasureRequest,
  scored: LabelledScores,
  measured: readonly MetricValue[],
): Generator<MeasureProgress, (Interval | null)[]> {
  const intervals: (Interval | null)[] = metrics.map(() => null);
  for (const by of new Set([...(users === null ? [] : [users]), ...groupsOf(metrics)])) {
    const units = scored.groups(by);
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
