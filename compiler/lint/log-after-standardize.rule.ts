// `standardize |> log1p`: a logarithm of numbers half of which are negative.

import { textOf } from "../source/source-file.ts";
import { defineRule } from "./define-rule.ts";

export const logAfterStandardize = defineRule<{ name: string }>({
  code: "DIN0710",
  name: "log-after-standardize",
  message: ({ name }) => `\`${name}\` takes \`log1p\` of standardized values, many of which lie below −1`,
  explanation:
    "`standardize` moves the mean to 0, so that about half of the values are negative, and below −1 `log1p` is no number. The logarithm comes first: it makes long tails short, and what it gives is then standardized.",
  examine({ model, declarations }, advise) {
    for (const { name } of model.features.values()) {
      const transforms = declarations.featureSyntax.get(name)?.transforms ?? [];
      const scale = transforms.findIndex((transform) => transform.name.name === "standardize");
      const [first, next] = [transforms[scale], transforms[scale + 1]];
      if (first === undefined || next === undefined || next.name.name !== "log1p") continue;
      advise({ name }, next.span, {
        help: "write `log1p |> standardize`",
        fixes: [
          {
            title: "take the logarithm first",
            edits: [
              { span: first.span, text: textOf(next.span) },
              { span: next.span, text: textOf(first.span) },
            ],
          },
        ],
      });
    }
  },
});
