// Finds a vector for every user, even for users seen once.

import * as catalog from "../../diagnostics/catalog/advice.ts";
import { defineRule } from "./define-rule.ts";
import { saysUser } from "./words.ts";

export const memorizedUsers = defineRule(
  catalog.memorizedUsers,
  ({ model, declarations, network }, advise) => {
    for (const { name, scope, kind, embed } of model.features.values()) {
      if (scope !== "user" || kind.kind !== "id" || kind.minCount > 1 || embed === null) continue;
      if (!saysUser(name) || !network.readsFeature(name)) continue;
      advise({ name }, declarations.featureSyntax.get(name)!.type.span);
    }
  },
);
