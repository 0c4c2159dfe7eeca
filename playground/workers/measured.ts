// Measures a training in the page: the metrics of its first label, on rows that are not trained on.

import { measuredBy } from "../../compiler/frontend/labels/registry.ts";
import { titlesOf } from "../../compiler/middle/metrics/registry.ts";
import type { EncodedRows, Model, Training } from "../../compiler/train/index.ts";

/** A metric is NaN if the rows do not define it or the label does not have it. */
export interface ShownMeasures {
  /** The value of the shown measure. */
  readonly value: number;
  readonly logLoss: number;
  /** The difference between the sums of predictions and labels, as a share of the latter. */
  readonly calibration: number;
}

/** The title of the shown measure. */
export function measureOf(model: Model): string {
  return titlesOf(metricsOf(model))[0] ?? "log_loss";
}

/**
 * Well-known metrics for binary labels, and those of the spec for other labels. Metrics that do not fit the
 * first label are left out.
 */
function metricsOf(model: Model): Model["train"]["metrics"] {
  const { label } = model.predictions[0]!;
  const { kind } = model.labels.get(label)!.type;
  const isChance = kind === "binary" || kind === "share";
  const asked = isChance
    ? ([{ kind: "auc" }, { kind: "log_loss" }, { kind: "calibration" }] as const)
    : model.train.metrics;
  return measuredBy(model, label, asked).metrics;
}

export async function measureShown(training: Training, test: EncodedRows): Promise<ShownMeasures> {
  const [first] = await training.evaluate(test, { metrics: metricsOf(training.model) });
  const values: Readonly<Record<string, number>> = first?.values ?? {};
  const of = (name: string) => values[name] ?? Number.NaN;
  return { value: of(measureOf(training.model)), logLoss: of("log_loss"), calibration: of("calibration") };
}
