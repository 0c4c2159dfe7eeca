// Finds an embedding with more numbers per id than there are ids.

import * as catalog from "../../diagnostics/catalog/advice.ts";
import { allFeatures } from "../../frontend/model/model.ts";
import { defineRule } from "./define-rule.ts";
import { declaredRows } from "./table-rows.ts";

export const embeddingWiderThanTable = defineRule(
  catalog.embeddingWiderThanTable,
  ({ model, declarations }, advise) => {
    const embedded = allFeatures(model).filter((feature) => feature.embed !== null);
    for (const feature of embedded) {
      const [rows, width] = [declaredRows(feature), feature.embed!];
      if (rows === null || width <= rows) continue;
      if (embedded.some((other) => other !== feature && other.embed === width)) continue;
      advise({ name: feature.name, width, rows }, declarations.featureSyntax.get(feature.name)!.embed!.span);
    }
  },
);
