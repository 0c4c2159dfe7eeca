// A monitor compares epochs and trials by one number: a metric, or a weighted sum of metrics such as
// `auc + gauc` or `auc - log_loss`.

import { type Metric, metricOf, printMetric, titleOf } from "./registry.ts";

/** A weighted sum of metrics of one prediction. Either all terms count as better when it is higher, or none does. */
export interface Monitor {
  /** At least one. */
  readonly terms: readonly MonitorTerm[];
  /** Null: the first prediction that has all of the metrics. */
  readonly label: string | null;
}

export interface MonitorTerm {
  readonly metric: Metric;
  /** Not 0. */
  readonly weight: number;
}

/** The direction in which the sum is better if its term is. */
export function betterOf({ metric, weight }: MonitorTerm): "higher" | "lower" {
  const { better } = metricOf(metric);
  if (weight > 0) return better;
  return better === "higher" ? "lower" : "higher";
}

/** `auc`, `auc - 2 * log_loss`; `measured` are the metrics of the prediction. */
export function monitorTitle({ terms }: Pick<Monitor, "terms">, measured: readonly Metric[]): string {
  return terms.reduce((text, { metric, weight }, i) => {
    const size = Math.abs(weight);
    const term = `${size === 1 ? "" : `${size} * `}${titleOf(metric, measured)}`;
    if (i === 0) return weight < 0 ? `-${term}` : term;
    return `${text} ${weight < 0 ? "-" : "+"} ${term}`;
  }, "");
}

/** The first of `predictions` that a monitor can be about; undefined if none has all of its metrics. */
export function monitoredPrediction<
  P extends { readonly label: string; readonly metrics: readonly Metric[] },
>({ terms, label }: Monitor, predictions: readonly P[]): P | undefined {
  if (label !== null) return predictions.find((each) => each.label === label);
  const wanted = terms.map(({ metric }) => printMetric(metric));
  return predictions.find(({ metrics }) => {
    const own = metrics.map(printMetric);
    return wanted.every((each) => own.includes(each));
  });
}

/** The sum of the values that `measure` returns. */
export function monitored({ terms }: Pick<Monitor, "terms">, measure: (metric: Metric) => number): number {
  return terms.map(({ metric, weight }) => weight * measure(metric)).reduce((sum, each) => sum + each);
}

/** Whether `value` is better than the best so far by at least `minDelta`; with 0, by anything. */
export function isGain(
  { terms }: Pick<Monitor, "terms">,
  value: number,
  best: number,
  minDelta: number,
): boolean {
  const sign = betterOf(terms[0]!) === "higher" ? 1 : -1;
  return minDelta === 0 ? sign * value > sign * best : sign * value >= sign * best + minDelta;
}
