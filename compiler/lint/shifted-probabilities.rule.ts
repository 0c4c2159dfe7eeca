// A loss whose minimum is not at the true probabilities, and a metric that judges probabilities.

import type { LabelLoss } from "../training/settings.ts";
import { defineRule } from "./define-rule.ts";
import { argumentOf, settingOf } from "./settings.ts";

export const shiftedProbabilities = defineRule<{ by: string; metric: string }>({
  code: "DIN0441",
  name: "shifted-probabilities",
  message: ({ by, metric }) =>
    `\`${metric}\` judges probabilities, which ${by} moves away from how often clicks happen`,
  explanation:
    "Where a click counts twice, the model learns odds that are twice as high as they are, and the minimum of focal loss is not at the true probabilities either (Charoenphakdee et al., CVPR 2021). The order of candidates may gain by it; but as probabilities, in bids or in products of several, the scores are off, and `log_loss` then tells mostly how far. Judge such a model by `auc` and `gauc`, and calibrate its scores before they are used as probabilities.",
  examine({ model, spec }, advise) {
    const { loss, metrics } = model.train;
    const by = shiftedBy(loss);
    const metric = metrics.find(({ kind }) => kind === "log_loss");
    const [value] = settingOf(spec, "loss")?.values ?? [];
    if (by === null || metric === undefined || value === undefined) return;
    const option = loss.kind === "focal" ? null : argumentOf(value, "positive", Number.POSITIVE_INFINITY);
    advise({ by, metric: metric.kind }, option ?? value.span, {
      help: `measure the order that it is for, \`metrics auc\`, or leave the loss as it is`,
    });
  },
});

function shiftedBy(loss: LabelLoss): string | null {
  switch (loss.kind) {
    case "binary_cross_entropy":
      return loss.positive === 1 ? null : `\`positive: ${loss.positive}\``;
    case "focal":
      return loss.gamma === 0 && (loss.alpha ?? 0.5) === 0.5 ? null : "`focal`";
  }
}
