// The number by which epochs are compared, from the metrics on the validation rows. Test rows are never used, because they
// would then no longer be a test.

import { weightsIn } from "../data/label-columns.ts";
import type { MeasuredColumns } from "../data/memory-rows.ts";
import { stopMetricUndefined } from "../diagnostics/catalog/settings.ts";
import { DiagnosticError, diagnose, noLocation } from "../diagnostics/diagnostic.ts";
import { withoutValidation } from "../frontend/config/training-problems.ts";
import type { MeasuredPrediction } from "../frontend/labels/registry.ts";
import { type Monitor, monitored, monitoredPrediction, monitorTitle } from "../middle/metrics/monitor.ts";
import { measure, titleOf } from "../middle/metrics/registry.ts";
import { LabelledScores } from "../middle/metrics/scored.ts";
import type { Evaluation, Split } from "./score.ts";

const SPLIT: Split = "valid";

export interface EvaluatedSplit {
  readonly split: Split;
  readonly data: MeasuredColumns;
}

export class Monitored {
  /** Such as `auc + gauc`. */
  readonly title: string;
  readonly label: string;
  readonly monitor: Monitor;
  private readonly metrics: MeasuredPrediction["metrics"];

  private constructor(monitor: Monitor, { label, metrics }: MeasuredPrediction) {
    this.monitor = monitor;
    this.metrics = metrics;
    this.label = label;
    this.title = monitorTitle(monitor, metrics);
  }

  /**
   * Throws DiagnosticError if there is nothing to compare epochs by: no validation rows, or rows that do not define
   * the metrics. `setting` is the setting as messages name it.
   */
  static of(
    setting: string,
    monitor: Monitor,
    predictions: readonly MeasuredPrediction[],
    evaluate: readonly EvaluatedSplit[],
  ): Monitored {
    const prediction = monitoredPrediction(monitor, predictions) ?? predictions[0]!;
    const { label, width, outcome } = prediction;
    const found = new Monitored(monitor, prediction);
    const valid = evaluate.find(({ split }) => split === SPLIT);
    if (valid === undefined) throw new DiagnosticError([withoutValidation(setting, noLocation)]);
    // Labels and groups decide whether a metric is defined; scores do not.
    const { rows, labels: truth, groups } = valid.data;
    const scores = new Float32Array(rows * width);
    const own = truth.get(label) ?? new Float32Array(rows);
    const scored = new LabelledScores(scores, own, groups, outcome, weightsIn(truth, label));
    if (Number.isFinite(monitored(monitor, (metric) => measure(metric, scored).value))) return found;
    const parameters = { setting, metric: found.title, label, rows };
    throw new DiagnosticError([diagnose(stopMetricUndefined, parameters, noLocation)]);
  }

  valueOf(evaluations: readonly Evaluation[]): number {
    const own = evaluations.find(({ split, label }) => split === SPLIT && label === this.label);
    return monitored(this.monitor, (metric) => own?.values[titleOf(metric, this.metrics)] ?? Number.NaN);
  }
}
