// Catalogue: conditions, comparisons and mixtures of probabilities. Codes DIN0310–DIN0319 and DIN0468.

import { defineError, defineWarning, withHelps } from "./define.ts";

export const probabilitiesAdded = defineError<Record<never, never>>({
  code: "DIN0310",
  name: "probabilities-added",
  message: () => "both events may happen, so the sum of their probabilities is not a probability",
  help: () => "for an event that happens in one case or the other, write `p * q + (1 - p) * r`",
  explanation:
    "Two probabilities may be added only if one event excludes the other. `p * q + (1 - p) * r` is q if p happens and r if it does not; `p + (1 - p) * r` is p, or else r. Their sum is a Prob with a logit. To combine evidence in other ways, add the values before their `sigmoid`.",
});

/** `gates` and `elements` as written; there are `n` of both, and each element has n numbers. */
export const gatesByNumber = defineWarning<{ gates: string; elements: string; n: number }>({
  code: "DIN0468",
  name: "gates-by-number",
  message: ({ gates, n }) =>
    `\`*\` goes along the width: each of the ${n} elements meets all ${n} numbers of \`${gates}\`, and not the one in its place`,
  help: ({ gates, elements, n }) =>
    `to weigh each element by one number, write \`split(${gates}, ${n}) * ${elements}\`; for all numbers, \`each(${elements}, x => x * ${gates})\``,
  explanation:
    "A vector that meets a list is repeated for each element, and `*` multiplies number by number. A softmax of n numbers that meets n vectors is most often meant to weigh them, one number for each. If the vectors are n wide, or have one number, both readings are possible, so this warning says which one it is. `split(g, n)` is a list of n numbers, one for each element.",
});

export const probabilityAsCondition = withHelps(
  defineError<{ written: string }>({
    code: "DIN0311",
    name: "probability-as-condition",
    message: () => "a probability is not a condition: it is neither true nor false",
    help: ({ written }) =>
      `to choose, compare it: \`where(${written} > 0.5, a, b)\`; to mix, write \`${written} * a + (1 - ${written}) * b\``,
    explanation:
      "`where(condition, a, b)` is a if the condition is not 0, and a probability is hardly ever 0. A comparison with it chooses one of the two; `p * a + (1 - p) * b` mixes both. In the same way, `where:` selects steps or elements by a comparison; to weigh them, multiply by the probability.",
  }),
  {
    ofSteps: (written: string) =>
      `to leave steps out, compare it: \`${written} > 0.5\`; to weigh them, multiply by \`${written}\``,
  },
);

export const constantCondition = defineError<{ value: string }>({
  code: "DIN0312",
  name: "condition-is-a-number",
  message: ({ value }) =>
    `this condition is the number ${value}, so it is ${value === "0" ? "never" : "always"} true`,
  help: () => "compare a value of the network, as `price > 0`",
  explanation:
    "The condition of `where(condition, a, b)` and of the option `where:` is a value of the network, usually a comparison. If the choice is known when compiling, no condition is needed.",
});

export const idsCompared = defineError<{ feature: string; operator: string }>({
  code: "DIN0313",
  name: "ids-compared",
  message: ({ feature, operator }) =>
    `\`${feature}\` is a learned vector here, so \`${operator}\` would not compare its value`,
  help: () =>
    "compare numbers, as `dot(a, b) > 0`; or with `==` features of one vocabulary, or an `enum` or `int` with a value",
  explanation:
    'In `net`, the name of a feature with ids is its vector in a table. Two vectors are equal if their ids are, but also if training has not changed either of them. No vector is less than another. `==` and `!=` between two features of one vocabulary compare their ids, `clicks.item_id == item_id`; an `enum`, an `int` or an `id(size: n)` may be compared with a value, `clicks.action == "cart"`, and an `int` also by `<` and the others. A value that is computed from a feature, such as `last(clicks.item_id)`, is a vector and no longer has an id.',
});

export const vocabulariesDiffer = defineError<{
  left: string;
  right: string;
  feature: string;
  other: string;
}>({
  code: "DIN0314",
  name: "vocabularies-differ",
  message: ({ left, right }) =>
    `\`${left}\` and \`${right}\` have vocabularies of their own, so no value of one is a value of the other`,
  help: ({ feature, other }) =>
    `compare values that are bound to one feature; if these two mean the same, declare \`${feature}\` with \`share ${other}\``,
  explanation:
    "`==` between two features compares their ids, which mean the same only in one vocabulary. A history's field has the vocabulary of the feature that it is bound to (`item_id <-> clicked`). A feature may share the vocabulary of another one (`last_item : id  share item_id`).",
});

export const noSuchValue = defineError<{ feature: string; value: string; values: string }>({
  code: "DIN0315",
  name: "no-such-value",
  message: ({ feature, value }) => `\`${feature}\` has no value ${value}`,
  help: ({ values }) => `its values are ${values}`,
  explanation:
    "A comparison with a value that a feature cannot have would always have the same result, so it is most likely a mistake. The values of an `enum` are those that its kind lists, and those of `int(a..b)` and `id(size: n)` are the whole numbers in their range.",
});

export const valuesUnnamed = defineError<{ feature: string }>({
  code: "DIN0316",
  name: "values-have-no-names",
  message: ({ feature }) => `the values of \`${feature}\` come from the data and have no names here`,
  help: () =>
    'list them in the spec to compare with one: `enum("view", "cart")`; or compare with a feature of the same vocabulary',
  explanation:
    "The values of an `id` are learned from the training rows or come from a file, so a spec cannot name one of them. An `enum` lists its values; `int(a..b)` and `id(size: n)` state the numbers that they may be.",
});

export const setCompared = defineError<{ feature: string }>({
  code: "DIN0317",
  name: "set-compared",
  message: ({ feature }) => `\`${feature}\` may have several values at once, so it cannot be equal to one`,
  help: () =>
    "compare features with one value each, or measure the similarity of two sets: `dot(liked, tags)`",
  explanation:
    "A set or a text is one vector in `net`, the pooled vectors of its values, so there is no single id to compare.",
});

export const whereOfTwo = defineError<{ name: string }>({
  code: "DIN0318",
  name: "where-of-two-values",
  message: ({ name }) =>
    `\`where:\` selects steps or elements, but \`${name}\` of two values reduces neither steps nor elements`,
  help: ({ name }) =>
    `choose with \`where(condition, a, b)\`, or reduce one value: \`${name}(x, where: condition)\``,
  explanation:
    "`max(x)` and `min(x)` reduce the steps of a history or the elements of a list, and `where:` leaves out those whose condition is false. `max(x, y)` compares number by number.",
});
