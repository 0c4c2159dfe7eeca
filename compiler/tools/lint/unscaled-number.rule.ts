// Finds a number that enters the network unscaled.

import * as catalog from "../../diagnostics/catalog/advice.ts";
import { allFeatures } from "../../frontend/model/model.ts";
import { defineRule } from "./define-rule.ts";
import { saysScaled } from "./words.ts";

export const unscaledNumber = defineRule(
  catalog.unscaledNumber,
  ({ model, declarations, network }, advise) => {
    for (const { name, kind } of allFeatures(model)) {
      if (kind.kind !== "number" || kind.transforms.length > 0) continue;
      const syntax = declarations.featureSyntax.get(name)!;
      // The input of a history's own field is named like the field, `clicks.dwell`.
      if (saysScaled(syntax.name.name) || !network.scalesWith(name)) continue;
      const end = { ...syntax.type.span, start: syntax.type.span.end };
      advise({ name }, syntax.name.span, {
        fixes: [{ title: "standardize it", isGuess: true, edits: [{ span: end, text: " |> standardize" }] }],
      });
    }
  },
);
