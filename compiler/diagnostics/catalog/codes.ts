// Catalogue: codes of vectors. Codes DIN0325–DIN0327.

import { defineError } from "./define.ts";

export const codesWithoutOption = defineError<{ option: string }>({
  code: "DIN0325",
  name: "codes-without-option",
  message: ({ option }) => `\`codes\` needs \`${option}\``,
  help: () => "write `codes(levels: 3, of: 256)`",
  explanation:
    "`vector(64) |> codes(levels: 3, of: 256)` gives a vector three codes, each the number of one of 256 clusters. No default would fit every set of vectors: more clusters divide items more finely, and more levels describe the rest that a cluster leaves.",
});

/** `what`: what the transform comes after. */
export const codesOfOthers = defineError<{ feature: string; what: string }>({
  code: "DIN0326",
  name: "codes-of-others",
  message: ({ feature, what }) => `\`codes\` are made of a vector, but \`${feature}\` ${what}`,
  help: () => "declare it as a vector: `vector(64) |> codes(levels: 3, of: 256)`",
  explanation:
    "Codes are the numbers of the clusters nearest to a vector, such as the embedding of an image or a title by another model. A single number is divided by `buckets` or `quantiles`, and a value with an id needs no codes.",
});

export const codesNotLast = defineError<{ transform: string }>({
  code: "DIN0327",
  name: "transform-beside-codes",
  message: ({ transform }) => `\`${transform}\` cannot be beside \`codes\``,
  help: () => "remove it",
  explanation:
    "The pipe of a vector is `codes` alone. It takes the vector as it is, because the numbers of a vector belong together and its source has already scaled them, and gives ids, which no further transform takes.",
});
