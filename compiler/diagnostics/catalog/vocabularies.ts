// Catalogue: vocabulary files, and ids and vectors in data. Codes DIN0574–DIN0579.

import { defineError } from "./define.ts";

export const listedTwice = defineError<{ value: string; first: number }>({
  code: "DIN0574",
  name: "value-listed-twice",
  message: ({ value, first }) => `${JSON.stringify(value)} is listed twice; the first time in line ${first}`,
  explanation:
    "The file of a vocabulary lists each value once: its position is its id. Values are compared as text, so `7`, `07` and `7 ` with a blank at the end are three values.",
});

export const listedEmpty = defineError<Record<never, never>>({
  code: "DIN0575",
  name: "empty-line-in-vocabulary",
  message: () => "this line is empty",
  explanation:
    "Every line in the file of a vocabulary is a value, and its position is its id. It is unclear whether an empty line is a value or a mistake. For a missing value, write `missing: unknown`.",
});

export const listedNothing = defineError<{ feature: string }>({
  code: "DIN0576",
  name: "empty-vocabulary",
  message: ({ feature }) => `the file lists no values for \`${feature}\``,
  explanation:
    "With an empty vocabulary every value would be unknown, and the feature would carry no information.",
});

export const listedOthers = defineError<{ feature: string; path: string; listed: number; first: string }>({
  code: "DIN0577",
  name: "vocabulary-of-other-values",
  message: ({ feature, path, listed }) =>
    `no training row has one of the ${listed} values that ${JSON.stringify(path)} lists for \`${feature}\``,
  help: ({ first }) => `the first value in the file is ${JSON.stringify(first)}`,
  explanation:
    "Values that the file of a vocabulary does not list are unknown, which is normal for some of them. If all are unknown, the file belongs to another feature, or its values are written in another way than in the data: with quotes, leading zeros or blanks, for example.",
});

export const wholeAsDecimal = defineError<{ column: string; value: string; whole: string }>({
  code: "DIN0578",
  name: "whole-numbers-as-decimals",
  message: ({ column, value }) =>
    `\`${column}\` has whole numbers written as decimals, like ${value}, and these are different ids`,
  help: ({ column, whole }) =>
    `write ${whole}; in pandas: \`df["${column}"] = df["${column}"].astype("Int64")\` before \`to_csv\``,
  explanation:
    "Ids are compared as text, so `1.0` is not the same id as `1`. A model trained with one would silently treat the other as unknown. pandas writes `1.0` into a CSV if a column of whole numbers has gaps, because it then holds them as floats. If such ids are intended, list them: `enum(…)` with `1.0` and `2.0` as texts, or `id(file: …)`.",
});

export const vectorLength = defineError<{ column: string; got: number; feature: string; width: number }>({
  code: "DIN0579",
  name: "vector-length",
  message: ({ column, got, feature, width }) =>
    `\`${column}\` has ${got} number${got === 1 ? "" : "s"} here, but \`${feature} : vector(${width})\` has ${width}`,
  explanation:
    "The network is built for vectors of one width. A row with another width comes from another version of the model that made the vectors, or the CSV has another separator than dinc.yaml names.",
});
