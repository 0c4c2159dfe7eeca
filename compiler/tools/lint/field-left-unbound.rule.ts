// Finds a history that binds some of the candidate's ids and omits one related id.

import * as catalog from "../../diagnostics/catalog/advice.ts";
import type { Feature, History } from "../../frontend/model/model.ts";
import { at } from "../../frontend/syntax/reporter.ts";
import { defineRule } from "./define-rule.ts";

export const fieldLeftUnbound = defineRule(
  catalog.fieldLeftUnbound,
  ({ model, declarations, network }, advise) => {
    const items = [...model.features.values()].filter(
      (feature) =>
        feature.scope === "item" && feature.source === null && feature.embed !== null && hasManyIds(feature),
    );
    for (const history of model.histories.values()) {
      const targets = history.fields.flatMap(({ feature }) =>
        feature.scope === "item" ? [feature.name] : [],
      );
      const bound = [...new Set(targets)];
      // A history without bound items isn't a sequence of items, so it has none of their features.
      if (bound.length === 0) continue;
      const left = items.filter(({ name }) => !bound.includes(name) && network.readsFeature(name));
      const [only, ...more] = left;
      // Several omissions are probably intended.
      if (only === undefined || more.length > 0) continue;
      advise({ history: history.name, bound, left: only.name }, nameOf(history), {
        related: [at(only.span, "an item feature, also known for past items")],
      });
    }
    function nameOf(history: History) {
      return declarations.historySyntax.get(history.name)?.name.span ?? history.span;
    }
  },
);

function hasManyIds({ kind }: Feature): boolean {
  return kind.kind === "id" || kind.kind === "sized_id" || kind.kind === "hashed_id";
}
