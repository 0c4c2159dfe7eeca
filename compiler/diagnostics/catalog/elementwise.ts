// Catalogue: conditions, comparisons and mixtures of probabilities. Codes DIN0310–DIN0319.

import { defineError } from "./define.ts";

export const probabilitiesAdded = defineError<Record<never, never>>({
  code: "DIN0310",
  name: "probabilities-added",
  message: () => "both of these may happen, so the sum of their probabilities is none",
  help: () => "for what happens in one case or the other write `p * q + (1 - p) * r`",
  explanation:
    "Two probabilities may be added if one excludes the other: p happens in one, and does not in the other. `p * q + (1 - p) * r` is q where p happens and r where it does not, and `p + (1 - p) * r` is p, or else r. Their sum is a Prob with a logit. To combine evidence of other kinds, add the values before their `sigmoid`.",
});

export const probabilityAsCondition = defineError<{ written: string }>({
  code: "DIN0311",
  name: "probability-as-condition",
  message: () => "a probability is no condition: it neither holds nor does not",
  help: ({ written }) =>
    `to choose, compare it: \`where(${written} > 0.5, a, b)\`; to mix, write \`${written} * a + (1 - ${written}) * b\``,
  explanation:
    "`where(condition, a, b)` takes a where the condition is not 0, and a probability hardly ever is 0. A comparison of it chooses one of the two; `p * a + (1 - p) * b` is the mixture of both.",
});

export const constantCondition = defineError<{ value: string }>({
  code: "DIN0312",
  name: "condition-is-a-number",
  message: ({ value }) => `this condition is the number ${value}, so one of the two is never taken`,
  help: () => "compare a value of the network: `where(price > 0, a, b)`",
  explanation:
    "The condition of `where` is a value of the network, usually a comparison. What is known when compiling needs no `where`.",
});

export const idsCompared = defineError<{ feature: string; operator: string }>({
  code: "DIN0313",
  name: "ids-compared",
  message: ({ feature, operator }) =>
    `\`${feature}\` is a learned vector here, so \`${operator}\` would say nothing about its value`,
  help: () => "compare numbers: a feature of the kind `number`, or what is computed, as `dot(a, b) > 0`",
  explanation:
    "In `net`, the name of a feature with ids is its vector in a table. Two vectors are equal where their ids are, but also wherever training has not moved them apart, and none is less than another. Ids are not compared in this version of the language: a cross of two features, or the data, can say whether they are the same.",
});
