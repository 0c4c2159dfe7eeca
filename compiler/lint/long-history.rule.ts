// A history far longer than attention is used for.

import { at } from "../model/reporter.ts";
import { defineRule } from "./define-rule.ts";

/** Usual are 20 to 200; DIN's own data has some hundreds a user. */
const MOST = 1000;

export const longHistory = defineRule<{ history: string; max: number }>({
  code: "DIN0715",
  name: "long-history",
  message: ({ history, max }) =>
    `\`${history}\` keeps ${max.toLocaleString("en-US")} steps, each of which is computed for each candidate`,
  explanation:
    "Attention over a history takes a network run for each step and candidate: 200 candidates and 5,000 steps are a million of them in one request. 20 to 200 latest steps are usual; models of life-long histories (SIM; Pi et al., CIKM 2020) first pick the few steps that resemble the candidate.",
  examine({ model, declarations }, advise) {
    for (const { name, max, span } of model.histories.values()) {
      if (max <= MOST) continue;
      const item = declarations.historySyntax.get(name);
      const given = item?.arguments.find((argument) => argument.name?.name === "max");
      advise({ history: name, max }, given?.value.span ?? span, {
        related: [at(span, "declared here")],
        help: "keep the latest few hundred: `max: 200`",
      });
    }
  },
});
