// Finds the same vector twice in one `concat`.

import * as catalog from "../../diagnostics/catalog/advice.ts";
import type { Expression } from "../../frontend/syntax/nodes.ts";
import { at } from "../../frontend/syntax/reporter.ts";
import { defineRule } from "./define-rule.ts";
import { expressionsOf, readName } from "./expressions.ts";

export const repeatedInput = defineRule(catalog.repeatedInput, ({ spec }, advise) => {
  for (const expression of expressionsOf(spec)) {
    const first = new Map<string, Expression>();
    for (const part of partsOf(expression)) {
      const name = readName(part);
      if (name === null) continue;
      const earlier = first.get(name);
      if (earlier === undefined) first.set(name, part);
      else
        advise({ name }, part.span, {
          related: [at(earlier.span, "the same vector")],
        });
    }
  }
});

function partsOf(expression: Expression): readonly Expression[] {
  if ((expression.kind !== "call" && expression.kind !== "pipe") || expression.callee.name !== "concat")
    return [];
  const given = expression.arguments.map(({ value }) => value);
  return expression.kind === "pipe" ? [expression.input, ...given] : given;
}
