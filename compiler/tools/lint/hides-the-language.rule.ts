// Finds blocks and params that have the name of a block of the standard library or of a built-in function.

import * as catalog from "../../diagnostics/catalog/advice.ts";
import { hasCallable } from "../../frontend/functions/library.ts";
import type { Identifier } from "../../frontend/syntax/nodes.ts";
import { defineRule } from "./define-rule.ts";

export const hidesTheLanguage = defineRule(catalog.hidesTheLanguage, ({ spec }, advise) => {
  const warn = ({ name, span }: Identifier, what: "block" | "param") => {
    if (hasCallable(name) && span.file === spec.file) advise({ name, what }, span);
  };
  for (const { name } of spec.params) warn(name, "param");
  for (const item of spec.items) if (item.kind === "block") warn(item.name, "block");
});
