// The candidate's position on the page, which ranking decides.

import { defineRule } from "./define-rule.ts";
import { saysPosition } from "./words.ts";

export const positionAsFeature = defineRule<{ name: string }>({
  code: "DIN0702",
  name: "position-as-feature",
  message: ({ name }) => `\`${name}\` is decided by the ranking that this model is for`,
  explanation:
    "The position at which a candidate was shown explains much of whether it was clicked, and is not known before the candidates are ranked. A model that reads it learns too little about the items. What is usually done: leave it out, or learn it in a factor of its own that serving leaves out (position-bias aware learning; Guo et al., RecSys 2019).",
  examine({ model, network }, advise) {
    for (const { name, scope, span } of model.features.values())
      if (scope !== "user" && saysPosition(name) && network.readsFeature(name))
        advise({ name }, span, {
          help: "leave it out; or ignore this and feed the same position for every candidate when ranking",
        });
  },
});
