// Label leakage: a feature whose name says that it is what came of showing the candidate.

import { defineRule } from "./define-rule.ts";
import { saysOutcome } from "./words.ts";

export const outcomeAsFeature = defineRule<{ name: string }>({
  code: "DIN0701",
  name: "outcome-as-feature",
  message: ({ name }) =>
    `\`${name}\` is called like an outcome, which nobody knows when candidates are ranked`,
  explanation:
    "What came of showing the candidate (a click, a conversion, the time it was watched) is logged in the same row as the label. Read as a feature it predicts the label nearly perfectly in training, and does not exist when the model ranks. Counts and rates of the past are fine: a name such as `clicks_7d` or `ctr` says so.",
  examine({ model }, advise) {
    for (const feature of model.features.values()) {
      if (feature.scope === "user" || feature.kind.kind === "id" || feature.kind.kind === "cross") continue;
      if (!saysOutcome(feature.name, model.labels.keys())) continue;
      advise({ name: feature.name }, feature.span, {
        help: "remove it, or declare it as a label; if it was known before the impression, give it a name that says so",
      });
    }
  },
});
