// Turns the metrics of a manifest into columns of a table.

import type { MetricValues } from "../train/metrics/metric-columns.ts";
import type { FoundMetrics } from "./run-folder.ts";

/** `auc`, or `click auc` if there are several predictions. */
export function flatMetrics(metrics: FoundMetrics = {}): Record<string, number> {
  const found: Record<string, number> = {};
  for (const [name, value] of Object.entries<number | null | MetricValues>(metrics))
    if (typeof value === "number") found[name] = value;
    else
      for (const [metric, each] of Object.entries(value ?? {}))
        if (each !== null) found[`${name} ${metric}`] = each;
  return found;
}
