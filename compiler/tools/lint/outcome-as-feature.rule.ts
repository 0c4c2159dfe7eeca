// Finds label leakage: a feature named like an outcome, which is known only after the candidate is shown.

import * as catalog from "../../diagnostics/catalog/advice.ts";
import { defineRule } from "./define-rule.ts";
import { saysOutcome } from "./words.ts";

export const outcomeAsFeature = defineRule(catalog.outcomeAsFeature, ({ model }, advise) => {
  for (const feature of model.features.values()) {
    if (feature.scope === "user" || feature.scope === "training") continue;
    if (feature.kind.kind === "id" || feature.kind.kind === "cross") continue;
    if (!saysOutcome(feature.name, model.labels.keys())) continue;
    advise({ name: feature.name }, feature.span);
  }
});
