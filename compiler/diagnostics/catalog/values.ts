// Catalogue: what the checker says about feature kinds, vocabularies and transforms. Codes DIN0340–DIN0359.

import { defineError } from "./define.ts";

export const optionsExclude = defineError<{ first: string; second: string; of: string }>({
  code: "DIN0340",
  name: "options-exclude",
  message: ({ first, second, of }) => `\`${of}\` has either \`${first}\` or \`${second}\`, not both`,
  explanation:
    "The ids of a feature come from one place: learned from the training rows (`id`, with `min_count` where rare values are unknown), fixed (`id(size: n)`, `id(file: …)`) or by hash (`id(hash: n)`). An option of one of them means nothing for another.",
});

export const tooFewArguments = defineError<{ of: string; given: number; least: number }>({
  code: "DIN0341",
  name: "too-few-arguments-of-transform",
  message: ({ of, given, least }) =>
    `\`${of}\` needs ${least} ${least === 1 ? "argument" : "arguments"}, but has ${given === 0 ? "none" : given}`,
  explanation:
    "`clip(a, b)` needs both ends, `buckets(10, 20, 50)` its bounds, `quantiles(n)` the number of buckets: none of them has a default that would fit every column.",
});

export const boundsNotAscending = defineError<{ bound: string; before: string }>({
  code: "DIN0342",
  name: "bounds-not-ascending",
  message: ({ bound, before }) => `the bound ${bound} is not above ${before}, the one before it`,
  explanation:
    "The bounds of `buckets` cut the line of numbers from left to right: the first bucket lies below the first bound, each further one from its bound on up to the next. A bound that does not ascend would make a bucket that nothing can be in.",
});

export const afterBuckets = defineError<{ transform: string; buckets: string }>({
  code: "DIN0343",
  name: "transform-after-buckets",
  message: ({ transform, buckets }) => `\`${transform}\` stands after \`${buckets}\`, which gives ids`,
  explanation:
    "`buckets` and `quantiles` end a number's pipe: what comes out of them is the id of a bucket, which `embed` gives a vector. Transforms of the number stand before them.",
});

export const negativeForLog1p = defineError<{ before: string }>({
  code: "DIN0344",
  name: "log1p-of-negative-numbers",
  message: ({ before }) => `\`log1p\` would get negative numbers from \`${before}\``,
  explanation:
    "log1p(x) = ln(1 + x) takes amounts and counts from 0 on. `standardize` makes every number below the mean negative, so that a `log1p` after it could not be computed for half of the rows. The usual order is `log1p |> standardize`.",
});

export const badMissing = defineError<{ got: string; feature: string; expected: string }>({
  code: "DIN0345",
  name: "bad-missing-value",
  message: ({ got, feature, expected }) => `a missing \`${feature}\` counts as ${expected}, not as ${got}`,
  explanation:
    "A value that is missing (an empty cell, a null) is an error unless the feature says what it counts as: `missing: unknown` is the id 1 of values that training did not know, `number(missing: 0)` a number that goes through the transforms like any other. A number in buckets may have either.",
});
