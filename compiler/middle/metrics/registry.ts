// All metrics. To add one, write its file and a line here.

import { invariant } from "../../common/internal-error.ts";
import { accuracy } from "./accuracy.metric.ts";
import { auc } from "./auc.metric.ts";
import { calibration } from "./calibration.metric.ts";
import type { Measured, MetricDefinition, Settings } from "./define-metric.ts";
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
import { rmse } from "./rmse.metric.ts";
import type { Scored } from "./scored.ts";
import { xauc } from "./xauc.metric.ts";

const definitions = [
  ...([auc, gauc, prAuc, logLoss, ne, ece, calibration, accuracy, ndcg, hitRate, mrr] as const),
  ...([macroAuc, microAuc, rmse, mae, r2, xauc] as const),
] as const;

type AsAsked<D> =
  D extends MetricDefinition<infer Name, infer P> ? { readonly kind: Name } & Settings<P> : never;

/** A metric as `train` asks for it, as plain data: its name and all of its arguments. */
export type Metric = AsAsked<(typeof definitions)[number]>;

/** In the order in which messages and references list them. */
export const allMetrics: readonly MetricDefinition[] = definitions;

/** `settings` has all that `definition` asks for: the checker has read each by its parameter. */
export function asAsked(
  { name }: MetricDefinition,
  settings: Readonly<Record<string, string | number>>,
): Metric {
  return { kind: name, ...settings } as Metric;
}

export function metricOf({ kind }: Pick<Metric, "kind">): MetricDefinition {
  const definition = allMetrics.find(({ name }) => name === kind);
  invariant(definition !== undefined, `there is no metric ${kind}`);
  return definition;
}

export function measure(metric: Metric, scored: Scored): Measured {
  return metricOf(metric).measure(scored, metric);
}

/** The feature whose values are its groups; null for one over all rows. */
export function groupedBy(metric: Metric): string | null {
  return "by" in metric ? metric.by : null;
}

/** The features that metrics group by. */
export function groupsOf(metrics: readonly Metric[]): Set<string> {
  return new Set(metrics.map(groupedBy).filter((by) => by !== null));
}

/** `ndcg(by: user_id, at: 10)`, with every argument. */
export function written(metric: Metric): string {
  const { kind, ...settings } = metric;
  const given = Object.entries(settings).map(([name, value]) => `${name}: ${value}`);
  return given.length === 0 ? kind : `${kind}(${given.join(", ")})`;
}

/** The title of one of them. */
export function titleOf(metric: Metric, metrics: readonly Metric[]): string {
  const place = metrics.findIndex((other) => written(other) === written(metric));
  invariant(place >= 0, `${written(metric)} is not measured`);
  return titlesOf(metrics)[place]!;
}

/** What the metrics of one list are called in tables and files: `auc`, `ndcg@10`; in full where that would be two. */
export function titlesOf(metrics: readonly Metric[]): string[] {
  const short = metrics.map((metric) => metric.kind + metricOf(metric).suffix(metric));
  return short.map((title, i) =>
    short.indexOf(title) === short.lastIndexOf(title) ? title : written(metrics[i]!),
  );
}
