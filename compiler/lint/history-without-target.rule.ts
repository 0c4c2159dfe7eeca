// A history in the network while none of the features it is bound to is read for the candidate.

import { at } from "../model/reporter.ts";
import { defineRule } from "./define-rule.ts";

export const historyWithoutTarget = defineRule<{ history: string; target: string }>({
  code: "DIN0704",
  name: "history-without-target",
  message: ({ history, target }) =>
    `\`${history}\` is used, but the candidate's \`${target}\`, which it is bound to, is not`,
  explanation:
    "A binding puts the past and the candidate into one space so that they can be compared. Where the candidate's own value does not enter the network, nothing is compared: the history says what the user likes, and nobody asks whether the candidate is that.",
  examine({ model, network }, advise) {
    for (const history of model.histories.values()) {
      const targets = history.fields.flatMap(({ name, feature }) =>
        feature.scope === "item" && network.readsField(history.name, name) ? [feature] : [],
      );
      const [first] = targets;
      if (first === undefined || targets.some(({ name }) => network.readsFeature(name))) continue;
      advise({ history: history.name, target: first.name }, history.span, {
        related: [at(first.span, "read for past items only")],
        help: `use \`${first.name}\` in \`net\` beside \`${history.name}\``,
      });
    }
  },
});
