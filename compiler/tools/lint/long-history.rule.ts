// A history far longer than attention is used for.

import * as catalog from "../../diagnostics/catalog/advice.ts";
import { at } from "../../frontend/syntax/reporter.ts";
import { defineRule } from "./define-rule.ts";

/** Usual are 20 to 200; DIN's own data has some hundreds a user. */
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
