// Catalogue: features with several values, that is, sets and texts. Codes DIN0380–DIN0389.

import { defineError, withHelps } from "./define.ts";

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
