// Catalogue: feature kinds, vocabularies and transforms. Codes DIN0340–DIN0359.

import { defineError } from "./define.ts";

export const optionsExclude = defineError<{ first: string; second: string; of: string }>({
  code: "DIN0340",
  name: "options-exclude",
  message: ({ first, second, of }) => `\`${of}\` has either \`${first}\` or \`${second}\`, not both`,
  help: () => "keep one of the two",
  explanation:
    "The ids of a feature come from one source. They are learned from the training rows (`id`, with `min_count` if rare values are to be unknown), fixed (`id(size: n)`, `id(file: …)`) or hashed (`id(hash: n)`). An option for one source has no meaning for another.",
});

/** `example`: its syntax. */
export const tooFewArguments = defineError<{ of: string; given: number; least: number; example: string }>({
  code: "DIN0341",
  name: "too-few-arguments-of-transform",
  message: ({ of, given, least }) =>
    `\`${of}\` needs ${least} ${least === 1 ? "argument" : "arguments"}, but has ${given === 0 ? "none" : given}`,
  help: ({ example }) => `write ${example}`,
  explanation:
    "`clip(a, b)` needs both ends, `buckets(10, 20, 50)` its bounds, and `quantiles(n)` the number of buckets. No default would fit every column.",
});

export const boundsNotAscending = defineError<{ bound: string; before: string }>({
  code: "DIN0342",
  name: "bounds-not-ascending",
  message: ({ bound, before }) => `the bound ${bound} is not above ${before}, the bound before it`,
  help: () => "list the bounds in ascending order, each once",
  explanation:
    "The bounds of `buckets` cut the number line from left to right. The first bucket is below the first bound, and each further bucket goes from its bound up to the next. A bound that is not above the one before it would make an empty bucket.",
});

export const afterBuckets = defineError<{ transform: string; buckets: string; isOfNumbers: boolean }>({
  code: "DIN0343",
  name: "transform-after-buckets",
  message: ({ transform, buckets }) => `\`${transform}\` comes after \`${buckets}\`, which gives ids`,
  help: ({ transform, isOfNumbers }) =>
    isOfNumbers ? `move \`${transform}\` before it` : "keep one of the two",
  explanation:
    "`buckets` and `quantiles` end the pipe of a number: their result is the id of a bucket, which `embed` turns into a vector. Transforms of the number come before them.",
});

export const negativeForLog1p = defineError<{ before: string }>({
  code: "DIN0344",
  name: "log1p-of-negative-numbers",
  message: ({ before }) => `\`log1p\` would get negative numbers from \`${before}\``,
  help: () => "take the logarithm first",
  explanation:
    "log1p(x) = ln(1 + x) is for amounts and counts from 0 on. `standardize` makes every number below the mean negative, so that `log1p` after it would have no value for about half of the rows. The usual order is `log1p |> standardize`.",
});

export const badMissing = defineError<{ got: string; feature: string; expected: string }>({
  code: "DIN0345",
  name: "bad-missing-value",
  message: ({ got, feature, expected }) => `a missing \`${feature}\` counts as ${expected}, not as ${got}`,
  explanation:
    "A missing value (an empty cell, a null) is an error unless the feature states a value for it. `missing: unknown` is the id 1, that of values unknown in training. `number(missing: 0)` is a number that goes through the transforms like any other. A number in buckets may have either form.",
});
