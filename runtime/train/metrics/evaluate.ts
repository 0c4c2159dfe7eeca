// The metrics that a spec asks for, from the logits of one prediction.

import { unreachable } from "../../../compiler/internal-error.ts";
import type { Metric } from "../../../compiler/model/model.ts";
import { auc } from "./auc.ts";
import { type GroupedAuc, groupedAuc } from "./gauc.ts";
import { logLoss } from "./log-loss.ts";

export interface Metrics {
  /** By metric name: `auc`, `gauc`, `log_loss`. NaN where the rows do not define it (one class only). */
  readonly values: Readonly<Record<string, number>>;
  /** How many groups GAUC had and how many of them it had to skip; null without GAUC. */
  readonly groups: Omit<GroupedAuc, "value"> | null;
}

/** `groups` gives for each feature named in `gauc(by: …)` one number a row. */
export function evaluate(
  metrics: readonly Metric[],
  logits: Float32Array,
  labels: Float32Array,
  groups: ReadonlyMap<string, Int32Array>,
): Metrics {
  const values: Record<string, number> = {};
  let counted: Metrics["groups"] = null;
  for (const metric of metrics)
    switch (metric.kind) {
      case "auc":
        values["auc"] = auc(logits, labels);
        break;
      case "log_loss":
        values["log_loss"] = logLoss(logits, labels);
        break;
      case "gauc": {
        const grouped = groupedAuc(logits, labels, groups.get(metric.by)!, metric.weight);
        values["gauc"] = grouped.value;
        counted = { groups: grouped.groups, skipped: grouped.skipped };
        break;
      }
      default:
        return unreachable(metric, "metric");
    }
  return { values, groups: counted };
}
