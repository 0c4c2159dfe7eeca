// The same vector twice in one `concat`.

import type { Expression } from "../ast/nodes.ts";
import { at } from "../model/reporter.ts";
import { defineRule } from "./define-rule.ts";
import { expressionsOf, readName } from "./expressions.ts";

export const repeatedInput = defineRule<{ name: string }>({
  code: "DIN0716",
  name: "repeated-input",
  message: ({ name }) => `\`${name}\` stands twice in this \`concat\``,
  explanation:
    "The layer after a `concat` has weights for each of its parts; a part that stands there twice has two sets of weights that only their sum can tell apart. Most often another name was meant.",
  examine({ spec }, advise) {
    for (const expression of expressionsOf(spec)) {
      const first = new Map<string, Expression>();
      for (const part of partsOf(expression)) {
        const name = readName(part);
        if (name === null) continue;
        const earlier = first.get(name);
        if (earlier === undefined) first.set(name, part);
        else
          advise({ name }, part.span, {
            related: [at(earlier.span, "here already")],
            help: "remove one of them, or name what was meant",
          });
      }
    }
  },
});

function partsOf(expression: Expression): readonly Expression[] {
  if ((expression.kind !== "call" && expression.kind !== "pipe") || expression.callee.name !== "concat")
    return [];
  const given = expression.arguments.map(({ value }) => value);
  return expression.kind === "pipe" ? [expression.input, ...given] : given;
}
