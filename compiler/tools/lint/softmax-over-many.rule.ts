// Finds a softmax over all rows of a large table, which drawn rows estimate in far less time.

import * as catalog from "../../diagnostics/catalog/advice.ts";
import { featureNamed } from "../../frontend/model/model.ts";
import { defineRule } from "./define-rule.ts";
import { declaredRows } from "./table-rows.ts";

const MOST_ROWS = 200_000;

export const softmaxOverMany = defineRule(
  catalog.softmaxOverMany,
  ({ model, declarations, network }, advise) => {
    const tables = network.all("log_partition").flatMap((node) => {
      const { rows } = network.inputsOf(node)[1]!.type;
      return rows.kind === "table" ? [model.tables.get(rows.table)!.feature] : [];
    });
    for (const name of new Set(tables)) {
      const rows = declaredRows(featureNamed(model, name));
      const syntax = declarations.featureSyntax.get(name);
      if (rows === null || rows <= MOST_ROWS || syntax === undefined) continue;
      advise({ name, rows, most: MOST_ROWS }, syntax.type.span);
    }
  },
);
