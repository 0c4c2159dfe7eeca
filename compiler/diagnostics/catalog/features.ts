// Catalogue: what the checker says about ids by hash, crosses and vectors. Codes DIN0370–DIN0379.

import { defineError } from "./define.ts";

export const vectorsByValue = defineError<{ feature: string }>({
  code: "DIN0370",
  name: "vectors-of-shared-ids",
  message: ({ feature }) =>
    `\`from\` gives a vector to each value, but several values of \`${feature}\` have the same id`,
  help: () => "remove `from`, or give the feature a vocabulary",
  explanation:
    "A file of pretrained vectors has one line a value. Where values share ids (in buckets of numbers, by hash, in a cross), it would be chance whose vector a row of the table begins as. Pretrained vectors go with a vocabulary: `id`, `id(file: …)`, `id(size: n)`, `enum(…)`, `int(a..b)`.",
});

export const crossOfOne = defineError<{ given: number }>({
  code: "DIN0371",
  name: "cross-of-one",
  message: ({ given }) => `a cross needs at least two features, but has ${given === 0 ? "none" : given}`,
  help: () => "name at least two features: `cross(user_id, cate_id, hash: 100_000)`",
  explanation:
    "`cross(a, b, hash: n)` has an id for each pair of an `a` and a `b` (each triple, for three features), so that the model can learn what the two together mean. Of one feature alone that is the feature itself.",
});

export const crossPartTwice = defineError<{ name: string }>({
  code: "DIN0372",
  name: "cross-part-twice",
  message: ({ name }) => `\`${name}\` is a part of this cross already`,
  help: () => "remove one of them",
  explanation: "A feature crossed with itself has a pair for each of its ids, and says nothing new.",
});

export const crossWithoutSize = defineError<{ example: string }>({
  code: "DIN0373",
  name: "cross-without-hash",
  message: () => "a cross needs `hash: n`, the number of its ids",
  help: ({ example }) => `write \`${example}\``,
  explanation:
    "The pairs of two large vocabularies are too many for a table, and most of them never occur. So a cross hashes its pairs into n ids: more ids mean fewer pairs that share one, and a larger table.",
});

export const crossOfUnknown = defineError<{ name: string }>({
  code: "DIN0374",
  name: "cross-of-unknown-feature",
  message: ({ name }) => `there is no feature \`${name}\` to cross`,
  help: () => "name the features of the cross",
  explanation:
    "The parts of a cross are features of any scope, each by its name. A field of a history cannot be a part: it has a value for each step.",
});

export const crossOfNumber = defineError<{ name: string; number: string | null }>({
  code: "DIN0375",
  name: "cross-of-numbers",
  message: ({ name }) => `\`${name}\` has no ids, and a cross is made of ids`,
  help: ({ name, number }) =>
    number === null
      ? "name a feature with ids"
      : `put it in buckets: \`${name} : ${number} |> quantiles(10)\``,
  explanation:
    "A cross has an id for each pair of ids. A number is put in buckets first (`number |> quantiles(10)`): then its bucket's id is crossed.",
});

export const crossOfCross = defineError<{ cross: string; name: string }>({
  code: "DIN0376",
  name: "cross-of-a-cross",
  message: ({ cross, name }) =>
    cross === name ? `\`${cross}\` cannot be a part of itself` : `\`${name}\` is a cross itself`,
  help: ({ cross, name }) =>
    cross === name ? "name features that the data has" : `name the parts of \`${name}\` instead`,
  explanation:
    "A cross of three features names all three. Hashing a hash would let more pairs share an id than the size of the table makes necessary.",
});

export const crossScope = defineError<{
  cross: string;
  scope: string;
  known: string;
  part: string;
  of: string;
}>({
  code: "DIN0377",
  name: "cross-in-wrong-scope",
  message: ({ cross, scope, known, part, of }) =>
    `\`${cross}\` stands in \`features ${scope}\`, but is known ${known}, as its part \`${part}\` is of \`features ${of}\``,
  help: ({ cross, of }) => `declare \`${cross}\` in \`features ${of}\``,
  explanation:
    "A scope says when a value is known, and a cross is known when the last of its parts is: with an item feature among them for each candidate, so it stands in `features item`; else with a context feature once a request, in `features context`; of user features alone in `features user`. A cross of user and item features says how this user goes with this candidate.",
});

export const targetIsCross = defineError<{ name: string; parts: readonly string[] }>({
  code: "DIN0378",
  name: "binding-target-is-cross",
  message: ({ name }) => `\`${name}\` is a cross: no column has its values, so that none can be bound to it`,
  help: ({ parts }) => `bind its parts: ${parts.map((part) => `\`${part}\``).join(", ")}`,
  explanation:
    "A cross is computed from its parts, for the row at hand. What was known at a past step would need the parts' values of that time, which a column of steps does not have.",
});
