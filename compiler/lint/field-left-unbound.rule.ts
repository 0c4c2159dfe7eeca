// A history that binds some of the candidate's ids and leaves out one of their siblings.

import type { Feature, History } from "../model/model.ts";
import { at } from "../model/reporter.ts";
import { defineRule } from "./define-rule.ts";

export const fieldLeftUnbound = defineRule<{ history: string; bound: string; left: string }>({
  code: "DIN0703",
  name: "field-left-unbound",
  message: ({ history, bound, left }) => `\`${history}\` binds ${bound}, but not \`${left}\``,
  explanation:
    "What the user did is a sequence of items, and each of them has what the candidate has: a category, a shop, a brand. A field that is bound lets attention compare the candidate with the past in that respect too, for one column more and no further table. In libraries where histories are matched by name this is forgotten without a word.",
  examine({ model, declarations, network }, advise) {
    const items = [...model.features.values()].filter(
      (feature) => feature.scope === "item" && feature.embed !== null && hasManyIds(feature),
    );
    for (const history of model.histories.values()) {
      const targets = history.fields.flatMap(({ feature }) =>
        feature.scope === "item" ? [feature.name] : [],
      );
      const bound = [...new Set(targets)];
      // What is no sequence of items has none of their features.
      if (bound.length === 0) continue;
      const left = items.filter(({ name }) => !bound.includes(name) && network.readsFeature(name));
      const [only, ...more] = left;
      // Two or more were most likely left out on purpose.
      if (only === undefined || more.length > 0) continue;
      advise({ history: history.name, bound: listed(bound), left: only.name }, nameOf(history), {
        related: [at(only.span, "an item feature, known of past items too")],
        help: `add \`${only.name} <-> …\` with the column that holds it, if there is one`,
      });
    }
    function nameOf(history: History) {
      return declarations.historySyntax.get(history.name)?.name.span ?? history.span;
    }
  },
});

function hasManyIds({ kind }: Feature): boolean {
  return kind.kind === "id" || kind.kind === "sized_id" || kind.kind === "hashed_id";
}

function listed(names: readonly string[]): string {
  const quoted = names.map((name) => `\`${name}\``);
  const last = quoted.pop()!;
  return quoted.length === 0 ? last : `${quoted.join(", ")} and ${last}`;
}
