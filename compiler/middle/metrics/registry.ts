// All metrics. To add one, write its file and a line here.

import { invariant } from "../../common/internal-error.ts";
import { accuracy } from "./accuracy.metric.ts";
import { auc } from "./auc.metric.ts";
import { calibration } from "./calibration.metric.ts";
import type { MetricDefinition, MetricSettings, MetricValue } from "./define-metric.ts";
import { ece } from "./ece.metric.ts";
import { gauc } from "./gauc.metric.ts";
import { hitRate } from "./hit-rate.metric.ts";
import { logLoss } from "./log-loss.metric.ts";
import { macroAuc } from "./macro-auc.metric.ts";
import { mae } from "./mae.metric.ts";
import { microAuc } from "./micro-auc.metric.ts";
import { mrr } from "./mrr.metric.ts";
import { ndcg } from "./ndcg.metric.ts";
import { ne } from "./ne.metric.ts";
import { prAuc } from "./pr-auc.metric.ts";
import { r2 } from "./r2.metric.ts";
import { type Estimator, LANES, type Units } from "./resampling.ts";
import { rmse } from "./rmse.metric.ts";
import { type LabelledScores, numbered, type ScoredPart } from "./scored.ts";
import { xauc } from "./xauc.metric.ts";

const definitions = [
  ...([auc, gauc, prAuc, logLoss, ne, ece, calibration, accuracy, ndcg, hitRate, mrr] as const),
  ...([macroAuc, microAuc, rmse, mae, r2, xauc] as const),
] as const;

type AsAsked<D> =
  D extends MetricDefinition<infer Name, infer P> ? { readonly kind: Name } & MetricSettings<P> : never;

/** A metric that `train` names, as plain data: its name and all arguments. */
export type Metric = AsAsked<(typeof definitions)[number]> & Partial<OfValue>;

/**
 * Restricts a metric to the rows with one value of a feature whose values the spec lists. Every metric may be
 * restricted so.
 */
export interface OfValue {
  /** The feature. */
  readonly per: string;
  readonly value: string;
  /** The number of the value in the feature's column of groups. */
  readonly id: number;
}

/** The argument of every metric that measures it for each value of a feature. */
export const PER = {
  name: "per",
  doc: "A feature whose values the spec lists: the metric is computed separately on the rows of each value.",
} as const;

/** In the order of lists in messages and references. */
export const allMetrics: readonly MetricDefinition[] = definitions;

/** `settings` has all arguments of `definition`; the checker has validated each. */
export function buildMetric(
  { name }: MetricDefinition,
  settings: Readonly<Record<string, string | number>>,
  ofValue: OfValue | null = null,
): Metric {
  return { kind: name, ...settings, ...ofValue } as Metric;
}

export function metricOf({ kind }: Pick<Metric, "kind">): MetricDefinition {
  const definition = allMetrics.find(({ name }) => name === kind);
  invariant(definition !== undefined, `there is no metric ${kind}`);
  return definition;
}

export function measure(metric: Metric, scored: LabelledScores): MetricValue {
  const definition = metricOf(metric);
  const { per, id } = metric;
  if (per === undefined || id === undefined) return definition.measure(scored, metric);
  const part = scored.only(per, id);
  const measured = definition.measure(part.scored, metric);
  const { resampled } = measured;
  return { ...measured, resampled: resampled === null ? null : (units) => ofPart(resampled, part, units) };
}

/** Estimates a metric of some rows when units of all rows are drawn. */
function ofPart(resampled: (units: Units) => Estimator, { rows }: ScoredPart, units: Units): Estimator {
  const all = Uint32Array.from(rows, (row) => units.of[row]!);
  const own = numbered(all);
  const unitOf = new Uint32Array(own.count);
  for (const [i, unit] of own.of.entries()) unitOf[unit] = all[i]!;
  const estimator = resampled(own);
  const drawn = new Uint8Array(LANES * own.count);
  return (weights, out) => {
    for (const [unit, of] of unitOf.entries())
      for (let lane = 0; lane < LANES; lane++) drawn[LANES * unit + lane] = weights[LANES * of + lane]!;
    estimator(drawn, out);
  };
}

/** The feature whose values are its groups; null for one over all rows. */
export function groupedBy(metric: Metric): string | null {
  return "by" in metric ? metric.by : null;
}

/** The features that metrics group by. */
export function groupsOf(metrics: readonly Metric[]): Set<string> {
  return new Set(metrics.map(groupedBy).filter((by) => by !== null));
}

/** The features whose values divide the rows, into groups or for metrics by value. */
export function columnsOf(metrics: readonly Metric[]): Set<string> {
  return new Set([...groupsOf(metrics), ...metrics.flatMap(({ per }) => per ?? [])]);
}

/** Prints a metric with every argument: `ndcg(by: user_id, at: 10)`. */
export function printMetric(metric: Metric): string {
  const { kind, id: _, ...settings } = metric;
  const given = Object.entries(settings).map(([name, value]) => `${name}: ${value}`);
  return given.length === 0 ? kind : `${kind}(${given.join(", ")})`;
}

/** The title of one metric of a list. */
export function titleOf(metric: Metric, metrics: readonly Metric[]): string {
  const place = metrics.findIndex((other) => printMetric(other) === printMetric(metric));
  invariant(place >= 0, `${printMetric(metric)} is not measured`);
  return titlesOf(metrics)[place]!;
}

/**
 * The titles of a list of metrics in tables and files, such as `auc`, `ndcg@10`, `auc[home]`. Two metrics
 * with the same short title get full ones.
 */
export function titlesOf(metrics: readonly Metric[]): string[] {
  const short = metrics.map((metric) => {
    const value = metric.value === undefined ? "" : `[${metric.value}]`;
    return metric.kind + metricOf(metric).suffix(metric) + value;
  });
  return short.map((title, i) =>
    short.indexOf(title) === short.lastIndexOf(title) ? title : printMetric(metrics[i]!),
  );
}
