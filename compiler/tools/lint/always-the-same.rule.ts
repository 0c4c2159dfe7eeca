// Finds `x - x`, `x / x` and `x == x`, which have the same value for every x.

import * as catalog from "../../diagnostics/catalog/advice.ts";
import type { BinaryOperator } from "../../frontend/syntax/nodes.ts";
import { defineRule } from "./define-rule.ts";
import { expressionsOf, readName } from "./expressions.ts";

const alwaysZero: ReadonlySet<BinaryOperator> = new Set<BinaryOperator>(["-", "<", ">", "!="]);

export const alwaysTheSame = defineRule(catalog.alwaysTheSame, ({ spec }, advise) => {
  for (const expression of expressionsOf(spec)) {
    if (expression.kind !== "binary") continue;
    const { operator, left, right, span } = expression;
    if (operator === "+" || operator === "*") continue;
    const name = readName(left);
    if (name === null || name !== readName(right)) continue;
    advise({ written: `${name} ${operator} ${name}`, value: alwaysZero.has(operator) ? 0 : 1 }, span);
  }
});
