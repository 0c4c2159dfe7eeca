// Finds a feature that has only one value.

import * as catalog from "../../diagnostics/catalog/advice.ts";
import { allFeatures, type FeatureKind } from "../../frontend/model/model.ts";
import { defineRule } from "./define-rule.ts";

export const constantFeature = defineRule(catalog.constantFeature, ({ model, declarations }, advise) => {
  for (const { name, kind } of allFeatures(model))
    if (hasOneValue(kind)) advise({ name }, declarations.featureSyntax.get(name)!.type.span);
});

function hasOneValue(kind: FeatureKind): boolean {
  return (
    (kind.kind === "enum" && kind.values.length === 1) ||
    ((kind.kind === "sized_id" || kind.kind === "hashed_id") && kind.size === 1) ||
    (kind.kind === "int" && kind.low === kind.high)
  );
}
