// Catalogue: weights of rows in data.

import { defineError } from "./define.ts";

export const calibrationOfWeights = defineError<{ label: string; weight: string }>({
  code: "DIN0896",
  name: "calibration-of-weighted-rows",
  message: ({ label, weight }) =>
    `the rows of \`${label}\` are weighted by \`${weight}\`, but a calibration counts each row once`,
  help: () => "weights of 0 and 1 are fine: rows of weight 0 are left out",
  explanation:
    "A calibration fits curves to the frequency of label 1, and counts every row once. If rows have different weights, the model has learned another rate than that of the rows, and the curve would undo the weights.",
});

export const badRowWeight = defineError<{ label: string; weight: string; value: string }>({
  code: "DIN0888",
  name: "bad-row-weight",
  message: ({ label, weight, value }) =>
    `\`${weight}\` is ${value} in some row, but as the weight of \`${label}\` it must be at least 0`,
  help: ({ weight }) => `correct the column, or bound it: \`${weight} : number |> clip(0, 300)\``,
  explanation:
    "A row of weight w counts as w rows of the label, in its loss and in its metrics, and a row of weight 0 counts as if it had no label. A negative weight has no meaning. A number passes through its transforms before it becomes a weight, and `standardize` makes some numbers negative.",
});

export const noCountedRows = defineError<{ label: string; rows: number; isMissing: boolean }>({
  code: "DIN0889",
  name: "no-counted-rows",
  message: ({ label, rows, isMissing }) =>
    isMissing
      ? `none of the ${rows} training rows has the label \`${label}\``
      : `all weights of \`${label}\` are 0 in the ${rows} training rows`,
  help: ({ isMissing }) =>
    isMissing ? "check the column: all of its cells are empty" : "check the column of the weights",
  explanation:
    "A label learns from the rows that have it, each multiplied by its weight. Without any such row there is nothing to learn.",
});
