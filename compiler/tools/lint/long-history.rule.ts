// Finds a history far longer than usual for attention.

import * as catalog from "../../diagnostics/catalog/advice.ts";
import { at } from "../../frontend/syntax/reporter.ts";
import { defineRule } from "./define-rule.ts";

/** 20 to 200 steps are usual; DIN's own data have some hundreds per user. */
const MOST = 1000;

export const longHistory = defineRule(catalog.longHistory, ({ model, declarations }, advise) => {
  for (const { name, max, span } of model.histories.values()) {
    if (max <= MOST) continue;
    const item = declarations.historySyntax.get(name);
    const given = item?.arguments.find((argument) => argument.name?.name === "max");
    advise({ history: name, max }, given?.value.span ?? span, {
      related: [at(span, "declared here")],
    });
  }
});
