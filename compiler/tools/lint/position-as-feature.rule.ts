// Finds the candidate's position on the page as a feature, although the ranking decides it.

import * as catalog from "../../diagnostics/catalog/advice.ts";
import { defineRule } from "./define-rule.ts";
import { saysPosition } from "./words.ts";

export const positionAsFeature = defineRule(catalog.positionAsFeature, ({ model, network }, advise) => {
  for (const { name, scope, span } of model.features.values())
    if (scope !== "user" && scope !== "training" && saysPosition(name) && network.readsFeature(name))
      advise({ name }, span);
});
