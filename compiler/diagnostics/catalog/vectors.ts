// Catalogue: files of pretrained vectors. Codes DIN0570–DIN0573 and DIN0353.

import { defineError } from "./define.ts";

export const vectorWidth = defineError<{ feature: string; got: number; width: number }>({
  code: "DIN0570",
  name: "vector-width",
  message: ({ feature, got, width }) =>
    `a vector of ${got} number${got === 1 ? "" : "s"}, but \`${feature}\` is embedded ${width} wide`,
  explanation:
    "Each vector of a file has as many numbers as the table is wide. In a text, a line is an id and these numbers, separated by blanks, tabs or commas. If an id contains blanks, a tab follows it. A first line of two whole numbers (number of vectors, width) is skipped.",
});

export const vectorNotNumbers = defineError<{ got: string }>({
  code: "DIN0571",
  name: "vector-not-numbers",
  message: ({ got }) => `${JSON.stringify(got)} is not a number`,
  explanation: "The numbers of a vector are finite; in a text they are decimal and follow the id.",
});

export const vectorTwice = defineError<{ id: string; first: number; unit: "line" | "row" }>({
  code: "DIN0572",
  name: "vector-given-twice",
  message: ({ id, first, unit }) =>
    `a second vector for ${JSON.stringify(id)}; the first one is in ${unit} ${first}`,
  explanation:
    "The order of the file would decide between the two. Such files result from joining files, or from ids that lost their leading zeros.",
});

export const vectorsOfOthers = defineError<{ feature: string; lines: number }>({
  code: "DIN0573",
  name: "vectors-of-other-ids",
  message: ({ feature, lines }) => `none of its ${lines} vectors is for a value of \`${feature}\``,
  explanation:
    "Vectors are matched by the raw value as text, so `007` and `7` are two ids. If no value has a vector, the file belongs to another feature, or its ids are not written as in the training rows.",
});

export const vectorsUnreadable = defineError<{ path: string; reason: string }>({
  code: "DIN0353",
  name: "vectors-unreadable",
  message: ({ path, reason }) => `${path} does not hold vectors with their ids: ${reason}`,
  explanation:
    "`embed(from:)` reads what `dinc export embeddings` writes. A `.parquet` file has a column of ids and one with a list of floats in each row. A `.npy` file is a matrix of 32-bit or 64-bit floats with a row for each vector; `NAME.ids.json` beside it is the list of their ids. Any other file is a text with a vector on each line.",
});
