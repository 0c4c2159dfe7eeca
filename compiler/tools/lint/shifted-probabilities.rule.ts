// Finds a loss whose minimum is not at the true probabilities, together with a metric of probabilities.

import * as catalog from "../../diagnostics/catalog/advice.ts";
import type { LabelLoss } from "../../middle/training/settings.ts";
import { defineRule } from "./define-rule.ts";
import { argumentOf, settingOf } from "./settings.ts";

export const shiftedProbabilities = defineRule(catalog.shiftedProbabilities, ({ model, spec }, advise) => {
  const { loss, metrics } = model.train;
  const by = shiftedBy(loss);
  const metric = metrics.find(({ kind }) => kind === "log_loss");
  const [value] = settingOf(spec, "loss")?.values ?? [];
  if (by === null || metric === undefined || value === undefined) return;
  const option = loss.kind === "focal" ? null : argumentOf(value, "positive", Number.POSITIVE_INFINITY);
  advise({ by, metric: metric.kind }, option ?? value.span);
});

function shiftedBy(loss: LabelLoss): string | null {
  switch (loss.kind) {
    case "binary_cross_entropy":
      return loss.positive === 1 ? null : `\`positive: ${loss.positive}\``;
    case "focal":
      return loss.gamma === 0 && (loss.alpha ?? 0.5) === 0.5 ? null : "`focal`";
  }
}
