// Rows to measure, few and with few distinct scores, so that ties are the rule; and what measures them.

import fc from "fast-check";
import type { MetricValue } from "../../compiler/middle/metrics/define-metric.ts";
import type { Outcome } from "../../compiler/middle/metrics/outcome.ts";
import { type Metric, measure } from "../../compiler/middle/metrics/registry.ts";
import { LabelledScores } from "../../compiler/middle/metrics/scored.ts";

export interface Row {
  readonly logit: number;
  readonly label: 0 | 1;
  readonly user: number;
}

export const USER = "user_id";

/** Logits are multiples of a quarter, exact in 32 bits. */
export const rowsUpTo = (maxLength: number, users = 5) =>
  fc.array(
    fc.record<Row>({
      logit: fc.integer({ min: -3, max: 3 }).map((value) => value / 4),
      label: fc.constantFrom<0 | 1>(0, 1),
      user: fc.integer({ min: 0, max: users - 1 }),
    }),
    { minLength: 1, maxLength },
  );

/** Of classes there are two, the logit being that of the second. */
export function scoredOf(rows: readonly Row[], outcome: Outcome = "binary"): LabelledScores {
  const logits =
    outcome === "class" ? rows.flatMap(({ logit }) => [0, logit]) : rows.map(({ logit }) => logit);
  return new LabelledScores(
    Float32Array.from(logits),
    Float32Array.from(rows, ({ label }) => label),
    new Map([[USER, Int32Array.from(rows, ({ user }) => user + 2)]]),
    outcome,
  );
}

export function measured(metric: Metric, rows: readonly Row[], outcome: Outcome = "binary"): MetricValue {
  return measure(metric, scoredOf(rows, outcome));
}

export function valueFor(metric: Metric, rows: readonly Row[], outcome: Outcome = "binary"): number {
  return measured(metric, rows, outcome).value;
}

/** Every metric of labels that are no yes or no, with what these are. */
export const askedOfOthers: readonly (readonly [metric: Metric, outcome: Outcome])[] = [
  [{ kind: "log_loss" }, "class"],
  [{ kind: "accuracy", threshold: 0.5 }, "class"],
  [{ kind: "macro_auc" }, "class"],
  [{ kind: "micro_auc" }, "class"],
  [{ kind: "rmse" }, "number"],
  [{ kind: "mae" }, "number"],
  [{ kind: "r2" }, "number"],
  [{ kind: "xauc" }, "number"],
  [{ kind: "calibration" }, "number"],
];

/** Every metric of a yes or no, some with several arguments. */
export const asked: readonly Metric[] = [
  { kind: "auc" },
  { kind: "gauc", by: USER, weight: "impressions" },
  { kind: "gauc", by: USER, weight: "clicks" },
  { kind: "gauc", by: USER, weight: "none" },
  { kind: "pr_auc" },
  { kind: "log_loss" },
  { kind: "ne" },
  { kind: "calibration" },
  { kind: "ece", bins: 10, equal: "width" },
  { kind: "ece", bins: 3, equal: "rows" },
  { kind: "accuracy", threshold: 0.5 },
  { kind: "accuracy", threshold: 0.6 },
  { kind: "ndcg", by: USER, at: 2 },
  { kind: "ndcg", by: USER, at: 10 },
  { kind: "hit_rate", by: USER, at: 1 },
  { kind: "hit_rate", by: USER, at: 3 },
  { kind: "mrr", by: USER },
];
