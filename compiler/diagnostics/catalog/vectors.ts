// Catalogue: what can be wrong with a file of pretrained vectors. Codes DIN0570–DIN0573.

import { defineError } from "./define.ts";

export const vectorWidth = defineError<{ feature: string; got: number; width: number }>({
  code: "DIN0570",
  name: "vector-width",
  message: ({ feature, got, width }) =>
    `a vector of ${got} number${got === 1 ? "" : "s"}, but \`${feature}\` is embedded ${width} wide`,
  explanation:
    "A line of a file of vectors is an id and as many numbers as the table is wide, with blanks, tabs or commas between them; after an id that has blanks itself stands a tab. A first line of two whole numbers (how many vectors, how wide) is skipped.",
});

export const vectorNotNumbers = defineError<{ got: string }>({
  code: "DIN0571",
  name: "vector-not-numbers",
  message: ({ got }) => `${JSON.stringify(got)} is not a number`,
  explanation: "What follows the id in a file of vectors are finite numbers in decimal notation.",
});

export const vectorTwice = defineError<{ id: string; first: number }>({
  code: "DIN0572",
  name: "vector-given-twice",
  message: ({ id, first }) => `a second vector for ${JSON.stringify(id)}, which line ${first} has already`,
  explanation:
    "Which of two vectors an id begins as would depend on the order of the file. Files that were joined, or ids that lost their leading zeros, look like this.",
});

export const vectorsOfOthers = defineError<{ feature: string; lines: number }>({
  code: "DIN0573",
  name: "vectors-of-other-ids",
  message: ({ feature, lines }) => `none of its ${lines} vectors is for a value of \`${feature}\``,
  explanation:
    "Vectors are matched by the raw value as text, so that `007` and `7` are two ids. If no value has a vector, the file is another feature's, or its ids are written in another way than in the training rows.",
});
