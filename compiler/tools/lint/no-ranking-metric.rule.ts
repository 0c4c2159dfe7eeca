// Finds metrics none of which measures the order of candidates.

import * as catalog from "../../diagnostics/catalog/advice.ts";
import { metricOf } from "../../middle/metrics/registry.ts";
import { defineRule } from "./define-rule.ts";
import { settingOf } from "./settings.ts";

export const noRankingMetric = defineRule(catalog.noRankingMetric, ({ model, spec }, advise) => {
  const setting = settingOf(spec, "metrics");
  const isRanked = [...model.labels.values()].some(({ type }) => type.kind === "binary");
  if (
    !isRanked ||
    setting === null ||
    model.train.metrics.some((metric) => metricOf(metric).judges === "order")
  )
    return;
  const end = { ...setting.span, start: setting.span.end };
  advise({}, setting.span, {
    fixes: [{ title: "add `auc`", isGuess: true, edits: [{ span: end, text: ", auc" }] }],
  });
});
