// Finds a history in the network none of whose bound features is read for the candidate.

import * as catalog from "../../diagnostics/catalog/advice.ts";
import { at } from "../../frontend/syntax/reporter.ts";
import { defineRule } from "./define-rule.ts";

export const historyWithoutTarget = defineRule(catalog.historyWithoutTarget, ({ model, network }, advise) => {
  for (const history of model.histories.values()) {
    const targets = history.fields.flatMap(({ name, feature }) =>
      feature.scope === "item" && network.readsField(history.name, name) ? [feature] : [],
    );
    const [first] = targets;
    if (first === undefined || targets.some(({ name }) => network.readsFeature(name))) continue;
    advise({ history: history.name, target: first.name }, history.span, {
      related: [at(first.span, "read for past items only")],
    });
  }
});
