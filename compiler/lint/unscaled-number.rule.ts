// A number that enters the network as it comes.

import { allFeatures } from "../model/model.ts";
import { defineRule } from "./define-rule.ts";
import { saysScaled } from "./words.ts";

export const unscaledNumber = defineRule<{ name: string }>({
  code: "DIN0709",
  name: "unscaled-number",
  message: ({ name }) => `\`${name}\` enters the network unscaled`,
  explanation:
    "Embeddings begin within a few hundredths of 0. A price in cents or an age in days beside them is thousands of times larger, so that it alone moves the first layer at first, and one outlier moves it again later. `log1p` tames long tails, `standardize` puts mean 0 and deviation 1; both are fitted on the training rows and go with the model.",
  examine({ model, declarations, network }, advise) {
    for (const { name, kind } of allFeatures(model)) {
      if (kind.kind !== "number" || kind.transforms.length > 0) continue;
      const syntax = declarations.featureSyntax.get(name)!;
      // The input of a history's own field has the name of its feature, `clicks.dwell`.
      if (saysScaled(syntax.name.name) || !network.readsFeature(name)) continue;
      const end = { ...syntax.type.span, start: syntax.type.span.end };
      advise({ name }, syntax.name.span, {
        help: "write `number |> standardize`, after `log1p` where it counts something or is an amount",
        fixes: [{ title: "standardize it", isGuess: true, edits: [{ span: end, text: " |> standardize" }] }],
      });
    }
  },
});
