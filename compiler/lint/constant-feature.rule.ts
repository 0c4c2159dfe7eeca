// A feature that has one value only.

import { allFeatures, type FeatureKind } from "../model/model.ts";
import { defineRule } from "./define-rule.ts";

export const constantFeature = defineRule<{ name: string }>({
  code: "DIN0711",
  name: "constant-feature",
  message: ({ name }) => `\`${name}\` has only one value, so it tells nothing apart`,
  explanation:
    "A feature whose vocabulary holds a single value gives every row the same vector. The layers after it have a bias for that.",
  examine({ model, declarations }, advise) {
    for (const { name, kind } of allFeatures(model))
      if (hasOneValue(kind))
        advise({ name }, declarations.featureSyntax.get(name)!.type.span, {
          help: "list its other values, or remove it",
        });
  },
});

function hasOneValue(kind: FeatureKind): boolean {
  return (
    (kind.kind === "enum" && kind.values.length === 1) ||
    ((kind.kind === "sized_id" || kind.kind === "hashed_id") && kind.size === 1) ||
    (kind.kind === "int" && kind.low === kind.high)
  );
}
