// A vector of its own for every user, those seen once included.

import { defineRule } from "./define-rule.ts";
import { saysUser } from "./words.ts";

export const memorizedUsers = defineRule<{ name: string }>({
  code: "DIN0714",
  name: "memorized-users",
  message: ({ name }) => `every \`${name}\` gets a vector, also one that occurs in a single row`,
  explanation:
    "A vector that was trained on one row has learned that row's label: the training loss falls, and validation gets worse within an epoch. Rarer users share the vector of the unknown one with `min_count`, and what a user likes is in the histories. An id that is needed for GAUC only takes no `embed`.",
  examine({ model, declarations, network }, advise) {
    for (const { name, scope, kind, embed } of model.features.values()) {
      if (scope !== "user" || kind.kind !== "id" || kind.minCount > 1 || embed === null) continue;
      if (!saysUser(name) || !network.readsFeature(name)) continue;
      advise({ name }, declarations.featureSyntax.get(name)!.type.span, {
        help: "say how often a user must occur: `id(min_count: 5)`",
      });
    }
  },
});
