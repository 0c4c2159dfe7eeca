// Catalogue: hashed ids, crosses and vectors. Codes DIN0370–DIN0379.

import { defineError } from "./define.ts";

export const vectorsByValue = defineError<{ feature: string }>({
  code: "DIN0370",
  name: "vectors-of-shared-ids",
  message: ({ feature }) =>
    `\`from\` gives each value a vector, but several values of \`${feature}\` have the same id`,
  help: () => "remove `from`, or give the feature a vocabulary",
  explanation:
    "A file of pretrained vectors has one line per value. If several values share an id (in buckets of numbers, by hash, in a cross), it is unclear which of their vectors should be the initial row of the table. Pretrained vectors need a vocabulary: `id`, `id(file: …)`, `id(size: n)`, `enum(…)`, `int(a..b)`.",
});

export const crossOfOne = defineError<{ given: number }>({
  code: "DIN0371",
  name: "cross-of-one",
  message: ({ given }) => `a cross needs at least two features, but has ${given === 0 ? "none" : given}`,
  help: () => "name at least two features: `cross(user_id, cate_id, hash: 100_000)`",
  explanation:
    "`cross(a, b, hash: n)` has an id for each pair of an `a` and a `b` (each triple, for three features), so the model can learn about each combination. A cross of one feature is that feature itself.",
});

export const crossPartTwice = defineError<{ name: string }>({
  code: "DIN0372",
  name: "cross-part-twice",
  message: ({ name }) => `\`${name}\` is a part of this cross already`,
  help: () => "remove one of them",
  explanation: "A cross of a feature with itself has one pair for each of its ids, which adds nothing.",
});

export const crossWithoutSize = defineError<{ example: string }>({
  code: "DIN0373",
  name: "cross-without-hash",
  message: () => "a cross needs `hash: n`, the number of its ids",
  help: ({ example }) => `write \`${example}\``,
  explanation:
    "Two large vocabularies have too many pairs for a table, and most pairs never occur. So a cross hashes its pairs into n ids. With more ids, fewer pairs share an id, and the table is larger.",
});

export const crossOfUnknown = defineError<{ name: string }>({
  code: "DIN0374",
  name: "cross-of-unknown-feature",
  message: ({ name }) => `there is no feature \`${name}\` to cross`,
  help: () => "name the features of the cross",
  explanation:
    "A cross names its features, of any scope. A field of a history cannot be a part, because it has a value for each step.",
});

export const crossOfNumber = defineError<{ name: string; number: string | null }>({
  code: "DIN0375",
  name: "cross-of-numbers",
  message: ({ name }) => `\`${name}\` has no ids, and a cross is made of ids`,
  help: ({ name, number }) =>
    number === null
      ? "name a feature with ids"
      : `put its numbers into buckets: \`${name} : ${number} |> quantiles(10)\``,
  explanation:
    "A cross has an id for each pair of ids. Put a number into buckets first (`number |> quantiles(10)`): then the id of its bucket is crossed.",
});

export const crossOfCross = defineError<{ cross: string; name: string }>({
  code: "DIN0376",
  name: "cross-of-a-cross",
  message: ({ cross, name }) =>
    cross === name ? `\`${cross}\` cannot be a part of itself` : `\`${name}\` is a cross itself`,
  help: ({ cross, name }) =>
    cross === name ? "name features that the data has" : `name the parts of \`${name}\` instead`,
  explanation:
    "A cross of three features names all three. If hashes were hashed again, more pairs would share an id than the size of the table requires.",
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
    `\`${cross}\` is in \`features ${scope}\`, but it is known ${known}, like its part \`${part}\` in \`features ${of}\``,
  help: ({ cross, of }) => `declare \`${cross}\` in \`features ${of}\``,
  explanation:
    "A scope says when a value is known, and a cross is known as soon as all of its parts are. A cross with an item feature belongs in `features item`, because it is known per candidate. Any other cross with a context feature belongs in `features context`. A cross of user features alone belongs in `features user`. A cross of user and item features describes how well this user and this candidate match.",
});

export const targetIsCross = defineError<{ name: string; parts: readonly string[] }>({
  code: "DIN0378",
  name: "binding-target-is-cross",
  message: ({ name }) => `\`${name}\` is a cross: no column holds its values, so none can be bound to it`,
  help: ({ parts }) => `bind its parts: ${parts.map((part) => `\`${part}\``).join(", ")}`,
  explanation:
    "A cross is computed from its parts, for the current row. For a past step this would need the values of the parts at that time, which no column of steps contains.",
});
