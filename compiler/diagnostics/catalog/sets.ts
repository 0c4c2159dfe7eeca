// Catalogue: features with several values, that is, sets and texts. Codes DIN0297, DIN0298, DIN0380–DIN0389,
// DIN0396.

import { defineError, withHelps } from "./define.ts";
import { OF_THE_BATCH, shared } from "./helps.ts";

export const setWithoutKind = defineError<Record<never, never>>({
  code: "DIN0380",
  name: "set-without-kind",
  message: () => "`set` does not name the kind of its values",
  help: () => "write the kind of a value, in front of the options: `set(id, max: 20)`",
  explanation:
    "`set(id, max: 20)` holds any number of ids, `set(enum(…), max: 2)` some of the listed texts, `set(int(0..23), max: 5)` whole numbers. The kind of one value comes first, with its own options in its own parentheses.",
});

export const setWithoutMax = defineError<{ feature: string; what: "words" | "values" }>({
  code: "DIN0381",
  name: "set-without-max",
  message: ({ feature, what }) => `\`${feature}\` does not say how many ${what} count`,
  help: ({ what }) => (what === "words" ? "write `text(hash: 50_000, max: 20)`" : "write `set(id, max: 20)`"),
  explanation:
    "The number of values that count is part of the model, like the number of steps of a history. A model trained on 20 tags per item scores 20 tags per item, whatever the request contains, and the memory of a request is known when compiling. The first `max` different values count.",
});

export const setOfOthers = withHelps(
  defineError<{ got: string }>({
    code: "DIN0382",
    name: "set-of-what-has-no-ids",
    message: ({ got }) => `sets of ${got} are not supported`,
    explanation:
      "A set becomes one vector by pooling the vectors of its values, so its values are ids: `id`, `id(size: n)`, `enum(…)`, `int(a..b)`. Numbers have no vectors to pool: write their sum, their mean or the latest one as a `number` column. A `text` is a set of words already. For sets of sets, the order of pooling is unclear. Things that happened one after the other are a `history`, whose steps may contain sets.",
  }),
  {
    ids: () => "sets hold ids: `set(id, max: 20)`, `set(int(0..23), max: 5)`",
    text: (written: string) => `a text is a set of words already: write \`${written}\` alone`,
    oneSet: () =>
      "put all values into one set; or bind sets to a `history`, if they happened one after the other",
    cross: () => "a cross has one value per row: write it alone",
    times: () =>
      "things that happened at several times are the steps of a `history`, whose fields may be times",
    numbers: () =>
      "declare their sum or mean as a `number`, or whole numbers as ids: `set(int(0..23), max: 5)`",
  },
);

export const setMissing = defineError<{ feature: string; what: string }>({
  code: "DIN0383",
  name: "missing-set",
  message: ({ feature, what }) => `\`${feature}\` is ${what}, so a missing one is empty`,
  help: () => "remove it",
  explanation:
    "A set without values has the vector 0, and an empty cell or a null in data is an empty set. `missing` gives the value for a single missing value, so it may be inside: `set(id(missing: unknown), max: 20)`.",
});

export const textWithoutHash = defineError<{ feature: string }>({
  code: "DIN0384",
  name: "text-without-hash",
  message: ({ feature }) => `\`${feature}\` does not say how many rows its table of words has`,
  help: () => "write `text(hash: 50_000, max: 20)`",
  explanation:
    "Each word is assigned to one of `hash` rows by a hash of its letters. So no vocabulary is stored, and words unknown in training have a row too. Some words share a row; if there are twice as many rows as frequent words, few do. For a learned vocabulary, split the text beforehand and declare a set: `set(id(min_count: 5), max: 20)`.",
});

export const crossOfSet = defineError<{ name: string; what: string }>({
  code: "DIN0385",
  name: "cross-of-a-set",
  message: ({ name, what }) => `\`${name}\` is ${what}: crosses of several values are not supported`,
  help: () => "name a feature with one value, or combine vectors in `net`: `dot(a, b)`, `a * b`",
  explanation:
    "A cross has an id for each pair of ids, one per row. With a set of twenty tags, a row would have twenty pairs; with two such sets, four hundred. They would need a pooling of their own. Cross a feature with one value, such as the main tag; or combine vectors in the network: `dot(user_id, tags)`, `user_id * tags`.",
});

export const notAlongValues = defineError<{ callee: string; set: string }>({
  code: "DIN0386",
  name: "not-along-values-of-a-set",
  message: ({ callee, set }) => `\`${callee}\` cannot be used along the values of \`${set}\``,
  help: ({ callee, set }) => {
    if (OF_THE_BATCH.has(callee)) return shared.withoutStatistics();
    if (callee === "facing" || callee === "pairs" || callee === "product")
      return `to combine the values with each other, write \`attention(${set}, ${set}, ${set})\``;
    return `reduce them first: \`mean(${set})\``;
  },
  explanation:
    "The values of a set with `pool: none` are an axis whose length differs by row. `sum`, `mean`, `max`, `min`, `softmax`, `attention`, `causal_attention`, `last`, `place`, `position`, `window`, `all`, `any`, recurrences, and all functions of single values, can be used along it. Functions that need the number of values, statistics over the batch, and longer or shorter sequences cannot.",
});

export const valuesMeetOthers = defineError<{ operation: string; set: string; other: string }>({
  code: "DIN0387",
  name: "values-of-a-set-meet-others",
  message: ({ operation, set, other }) =>
    `${operation} would mix the values of \`${set}\` with those of \`${other}\`, each with each`,
  help: ({ set }) =>
    `reduce one of them first, as in \`mean(${set})\`; or weigh one by the other with \`attention\``,
  explanation:
    "The values of a set with `pool: none` are an axis of their own. Along it they can be combined with vectors and with what is computed from the same values, but not with the steps of a history, the elements of a list or the values of another set. `attention(queries, keys, values)` takes queries along one axis and keys along another.",
});

export const valuesBesideFields = defineError<{
  history: string;
  field: string;
  others: readonly string[];
}>({
  code: "DIN0388",
  name: "values-beside-fields",
  message: ({ history, field }) =>
    `\`${history}\` puts its fields side by side, but \`${field}\` has a list of vectors in each step`,
  help: ({ history, field, others }) => {
    const fields = [...others.map((name) => `${history}.${name}`), `mean(${history}.${field})`];
    return `name the fields: \`${fields.length === 1 ? fields[0] : `concat(${fields.join(", ")})`}\``;
  },
  explanation:
    "The name of a history is the vectors of its fields side by side, one vector for each step. A field with `pool: none` has a vector for each of its values, so the network says how they become one: `mean(clicks.title)`, or attention over the words.",
});

export const listOfSteps = defineError<{ field: string; callee: string }>({
  code: "DIN0396",
  name: "list-of-listed-steps",
  message: ({ field, callee }) =>
    `\`${field}\` has a list of vectors in each step, and the steps of \`${callee}\` are a list themselves`,
  help: ({ field, callee }) =>
    callee === "top"
      ? `reduce the values before the search: \`top(mean(${field}), 20)\``
      : `reduce the values first: \`facing(mean(${field}))\``,
  explanation:
    "A value may vary along a history and along one list in each of its steps. The steps that `top` chose, and those that `facing` gives to each step, are such a list, so their fields have one vector each.",
});

export const weightsUnused = defineError<{ feature: string; pool: "max" | "none" }>({
  code: "DIN0297",
  name: "weights-unused",
  message: ({ feature, pool }) => `\`${feature}\` has weights, which \`pool: ${pool}\` does not use`,
  help: ({ feature, pool }) =>
    pool === "none"
      ? `pool by \`sum\` or \`mean\`, or remove \`weighted\`; a second set \`from ${feature}\` may have \`weighted(by: tag_weights)\``
      : "pool by `sum` or `mean`, or remove `weighted`",
  explanation:
    "Weights multiply the vectors of a set's values before they are added: `pool: sum` is Σ w·v, and `pool: mean` is Σ w·v / Σ w. A maximum has no such form. With `pool: none`, the network itself says how much each value counts, by `attention` or a softmax; multiplied vectors would be other queries and keys. A set can have both: `tags : set(id, max: 20, pool: none)`, and `fitting : set(id, max: 20, weighted(by: tag_weights)) from tags  share tags`, the sum or mean of the same values by the column of weights.",
});
