// Finds a loss without weights or tables, which changes nothing.

import * as catalog from "../../diagnostics/catalog/advice.ts";
import { defineRule } from "./define-rule.ts";

export const nothingLearned = defineRule(catalog.nothingLearned, ({ model, network }, advise) => {
  for (const statement of model.net.statements)
    if (statement.kind === "loss" && !network.learnsFrom(statement.name.name))
      advise({ loss: statement.name.name }, statement.value.span);
});
