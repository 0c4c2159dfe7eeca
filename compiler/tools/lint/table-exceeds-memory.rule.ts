// Finds an embedding table that exceeds a usual machine's memory in training.

import * as catalog from "../../diagnostics/catalog/advice.ts";
import { allFeatures, ownerOf } from "../../frontend/model/model.ts";
import { optimizerOfTable, tableSlots } from "../../middle/training/parts.ts";
import { defineRule } from "./define-rule.ts";
import { declaredRows } from "./table-rows.ts";

const MOST_GIB = 16;
const GIB = 2 ** 30;

export const tableExceedsMemory = defineRule(
  catalog.tableExceedsMemory,
  ({ model, declarations }, advise) => {
    for (const feature of allFeatures(model)) {
      const rows = declaredRows(feature);
      if (rows === null || feature.embed === null) continue;
      const optimizer = optimizerOfTable(model.train, ownerOf(feature)).kind;
      // One number per row is negligible.
      const slots = tableSlots(model.train, ownerOf(feature)).filter(({ byRow }) => !byRow).length;
      const bytes = rows * feature.embed * 4 * (1 + slots);
      if (bytes <= MOST_GIB * GIB) continue;
      const syntax = declarations.featureSyntax.get(feature.name)!;
      advise({ name: feature.name, gib: Math.round(bytes / GIB), slots, optimizer }, syntax.type.span, {
        label: `${rows.toLocaleString("en-US")} rows of ${feature.embed} numbers`,
      });
    }
  },
);
