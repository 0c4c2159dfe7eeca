// What the checker says about features with several values: sets and texts. Codes DIN0380–DIN0389.

import { defineError, withHelps } from "./define.ts";

export const setWithoutKind = defineError<Record<never, never>>({
  code: "DIN0380",
  name: "set-without-kind",
  message: () => "`set` does not say what its values are",
  help: () => "write what a value is, in front of the options: `set(id, max: 20)`",
  explanation:
    '`set(id, max: 20)` holds any number of ids, `set(enum("a", "b"), max: 2)` of the listed texts, `set(int(0..23), max: 5)` of the whole numbers: the kind of one value stands first, with its own options in parentheses of its own.',
});

export const setWithoutMax = defineError<{ feature: string; what: "words" | "values" }>({
  code: "DIN0381",
  name: "set-without-max",
  message: ({ feature, what }) => `\`${feature}\` does not say how many ${what} count`,
  help: ({ what }) => (what === "words" ? "write `text(hash: 50_000, max: 20)`" : "write `set(id, max: 20)`"),
  explanation:
    "How many values of a row count is part of the model, as it is for the steps of a history: a model that was trained on 20 tags an item scores 20 tags an item, whatever a request holds, and how much memory a request takes is known when compiling. The first `max` different values count.",
});

export const setOfOthers = withHelps(
  defineError<{ got: string }>({
    code: "DIN0382",
    name: "set-of-what-has-no-ids",
    message: ({ got }) => `sets of ${got} are not supported`,
    explanation:
      "A set becomes one vector by pooling the vectors of its values, so its values are ids: `id`, `id(size: n)`, `enum(…)`, `int(a..b)`. Numbers have no vectors to pool; what is meant by several numbers (their sum, their mean, the latest) is better said as a `number` column. A `text` is a set of words by itself. Sets of sets have no order in which to pool them; what happened one after the other is a `history`, whose steps may hold sets.",
  }),
  {
    ids: () => "sets hold ids: `set(id, max: 20)`, `set(int(0..23), max: 5)`",
    text: (written: string) => `a text is a set of words already: write \`${written}\` alone`,
    oneSet: () =>
      "put all values into one set; or bind sets to a `history`, if they happened one after the other",
    cross: () => "a cross has one value a row: write it alone",
    numbers: () =>
      "declare their sum or mean as a `number`, or whole numbers as ids: `set(int(0..23), max: 5)`",
  },
);

export const setMissing = defineError<{ feature: string; what: string }>({
  code: "DIN0383",
  name: "missing-set",
  message: ({ feature, what }) => `\`${feature}\` is ${what}: a missing one is empty`,
  help: () => "remove it",
  explanation:
    "No value is a value of a set: an empty one has the vector 0, and an empty cell or a null in data is an empty set. `missing` says what a single value counts as that is not there, so it may stand inside: `set(id(missing: unknown), max: 20)`.",
});

export const textWithoutHash = defineError<{ feature: string }>({
  code: "DIN0384",
  name: "text-without-hash",
  message: ({ feature }) => `\`${feature}\` does not say how many rows its table of words has`,
  help: () => "write `text(hash: 50_000, max: 20)`",
  explanation:
    "Words are put into one of `hash` rows by a hash of their letters, so that no vocabulary is stored and words that training never saw have a row too. Some words share a row; with twice as many rows as there are frequent words few do. For a learned vocabulary, split the text before and declare a set: `set(id(min_count: 5), max: 20)`.",
});

export const crossOfSet = defineError<{ name: string; what: string }>({
  code: "DIN0385",
  name: "cross-of-a-set",
  message: ({ name, what }) => `\`${name}\` is ${what}: crosses of several values are not supported`,
  help: () => "name a feature with one value, or combine vectors in `net`: `dot(a, b)`, `a * b`",
  explanation:
    "A cross has an id for each pair of ids, one a row. With a set of twenty tags a row would have twenty pairs, with two sets four hundred, and how they are pooled would have to be said once more. Cross a feature that has one value, such as the main tag; or let vectors meet in the network: `dot(user_id, tags)`, `user_id * tags`.",
});
