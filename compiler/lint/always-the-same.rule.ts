// `x - x` and `x / x`, which are the same whatever x is.

import { defineRule } from "./define-rule.ts";
import { expressionsOf, readName } from "./expressions.ts";

export const alwaysTheSame = defineRule<{ written: string; value: number }>({
  code: "DIN0717",
  name: "always-the-same",
  message: ({ written, value }) => `\`${written}\` is always ${value}`,
  explanation:
    "What is computed from one value on both sides of `-` or `/` tells nothing. In an activation unit the difference of query and key was most likely meant: `query - key`.",
  examine({ spec }, advise) {
    for (const expression of expressionsOf(spec)) {
      if (expression.kind !== "binary") continue;
      const { operator, left, right, span } = expression;
      if (operator !== "-" && operator !== "/") continue;
      const name = readName(left);
      if (name === null || name !== readName(right)) continue;
      advise({ written: `${name} ${operator} ${name}`, value: operator === "-" ? 0 : 1 }, span, {
        help: "name what was meant on one of the two sides",
      });
    }
  },
});
