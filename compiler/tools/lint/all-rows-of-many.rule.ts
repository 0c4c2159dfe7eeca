// Finds a large table all of whose rows change in each step of training.

import * as catalog from "../../diagnostics/catalog/advice.ts";
import { featureNamed } from "../../frontend/model/model.ts";
import { changesAllRows, tableSlots } from "../../middle/training/parts.ts";
import { defineRule } from "./define-rule.ts";
import { declaredRows } from "./table-rows.ts";

/** A step that reads and writes less takes about as long as the network of a usual model. */
const MOST_BYTES = 5e8;

export const allRowsOfMany = defineRule(catalog.allRowsOfMany, ({ model, declarations }, advise) => {
  for (const { name: table, feature, width, options } of model.tables.values()) {
    if (options.frozen || !changesAllRows(model.train, table)) continue;
    const rows = declaredRows(featureNamed(model, feature));
    const syntax = declarations.featureSyntax.get(feature);
    if (rows === null || syntax === undefined) continue;
    const slots = tableSlots(model.train, table).filter(({ byRow }) => !byRow).length;
    // Each number of a row and of its slots is read and written, four bytes each time.
    const bytes = 8 * rows * width * (1 + slots);
    if (bytes <= MOST_BYTES) continue;
    advise({ name: feature, rows, megabytes: Math.round(bytes / 1e6) }, syntax.type.span);
  }
});
