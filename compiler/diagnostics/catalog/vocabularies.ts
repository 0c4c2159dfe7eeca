// Catalogue: what can be wrong with a vocabulary's file, and with ids and vectors in data. Codes DIN0574–DIN0579.

import { defineError } from "./define.ts";

export const listedTwice = defineError<{ value: string; first: number }>({
  code: "DIN0574",
  name: "value-listed-twice",
  message: ({ value, first }) =>
    `${JSON.stringify(value)} is listed a second time; line ${first} has it already`,
  explanation:
    "A vocabulary's file lists each value once: a value's place in it is its id. Values are told apart as text, so that `7`, `07` and `7 ` with a blank after it are three.",
});

export const listedEmpty = defineError<Record<never, never>>({
  code: "DIN0575",
  name: "empty-line-in-vocabulary",
  message: () => "this line lists no value",
  explanation:
    "Every line of a vocabulary's file is a value, and a value's place is its id. Whether an empty line stands for something or is there by mistake cannot be seen; a missing value is `missing: unknown`.",
});

export const listedNothing = defineError<{ feature: string }>({
  code: "DIN0576",
  name: "empty-vocabulary",
  message: ({ feature }) => `it lists no values for \`${feature}\``,
  explanation: "With an empty vocabulary every value would be unknown, and the feature would say nothing.",
});

export const listedOthers = defineError<{ feature: string; path: string; listed: number; first: string }>({
  code: "DIN0577",
  name: "vocabulary-of-other-values",
  message: ({ feature, path, listed }) =>
    `no training row has one of the ${listed} values that ${JSON.stringify(path)} lists for \`${feature}\``,
  help: ({ first }) => `the first that it lists is ${JSON.stringify(first)}`,
  explanation:
    "Values that a vocabulary's file does not list are unknown, which is usual for some of them. If all are, the file is another feature's, or its values are written in another way than in the data: with quotes, leading zeros or blanks, say.",
});

export const wholeAsDecimal = defineError<{ column: string; value: string; whole: string }>({
  code: "DIN0578",
  name: "whole-numbers-as-decimals",
  message: ({ column, value }) =>
    `\`${column}\` has whole numbers with a fraction, ${value}, which are other ids than those without`,
  help: ({ column, whole }) =>
    `write ${whole}; in pandas: \`df["${column}"] = df["${column}"].astype("Int64")\` before \`to_csv\``,
  explanation:
    'Ids are told apart as text, so that `1.0` is another id than `1`: a model that was trained with one does not know the other, and nothing would say so. pandas writes `1.0` into a CSV where a column of whole numbers has gaps, as it holds them as floating-point numbers then. Ids that are meant so are listed: `enum("1.0", "2.0")`, or `id(file: …)`.',
});

export const vectorLength = defineError<{ column: string; got: number; feature: string; width: number }>({
  code: "DIN0579",
  name: "vector-length",
  message: ({ column, got, feature, width }) =>
    `\`${column}\` has ${got} number${got === 1 ? "" : "s"} here, but \`${feature} : vector(${width})\` has ${width}`,
  explanation:
    "The network is built for vectors of one width. A row with another was made by another version of what gives the vectors, or the separator in the CSV is not the one that dinc.yaml names.",
});
