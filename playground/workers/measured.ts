// What the page measures of a training: its first label, on rows that the training does not see.

import { measuredBy } from "../../compiler/frontend/labels/registry.ts";
import { titlesOf } from "../../compiler/middle/metrics/registry.ts";
import type { EncodedRows, Model, Training } from "../../compiler/train/index.ts";

/** A metric that the rows do not define, or the label does not have, is NaN. */
export interface ShownMeasures {
  /** Of the measure that is shown. */
  readonly value: number;
  readonly logLoss: number;
  /** How far the sum of predictions is from that of labels, as a share of the latter. */
  readonly calibration: number;
}

/** The title of the measure that is shown. */
export function measureOf(model: Model): string {
  return titlesOf(metricsOf(model))[0] ?? "log_loss";
}

/**
 * Of yes or no what everyone knows; of other labels what the spec measures. What does not fit the first label
 * is left out.
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
