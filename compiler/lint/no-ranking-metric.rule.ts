// Metrics none of which says how well candidates are ordered.

import { metricOf } from "../metrics/registry.ts";
import { defineRule } from "./define-rule.ts";
import { settingOf } from "./settings.ts";

export const noRankingMetric = defineRule<Record<never, never>>({
  code: "DIN0724",
  name: "no-ranking-metric",
  message: () => "none of these metrics says how well candidates are ordered",
  explanation:
    "The log loss falls as soon as a model knows the mean click rate, whatever order it gives, and calibration and accuracy say nothing of order either. How often a clicked candidate stands above one that was not is the AUC; within one user's candidates it is the GAUC.",
  examine({ model, spec }, advise) {
    const setting = settingOf(spec, "metrics");
    if (setting === null || model.train.metrics.some((metric) => metricOf(metric).judges === "order")) return;
    const end = { ...setting.span, start: setting.span.end };
    advise({}, setting.span, {
      help: "add `auc`",
      fixes: [{ title: "add `auc`", isGuess: true, edits: [{ span: end, text: ", auc" }] }],
    });
  },
});
