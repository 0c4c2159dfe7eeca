// Catalogue: numbers beyond 32-bit floats, rows without a score, rows made differently from those of the
// training, and paths to which scores may not be written. Codes DIN0610–DIN0614.

import { option, wording } from "../../common/option-text.ts";
import { defineError, defineWarning } from "./define.ts";

export const numberOutOfRange = defineError<{ column: string; value: string; transformed: boolean }>({
  code: "DIN0610",
  name: "number-out-of-range-of-floats",
  message: ({ column, value, transformed }) =>
    `\`${column}\` is ${value}, which ${transformed ? "its transforms take" : "is"} out of the range of 32-bit floats`,
  explanation:
    "Networks are computed in 32-bit floats, which end at ±3.4e38, and a larger number would become infinite. Such values are refused wherever a model reads them: in training, in `dinc predict` and in a compiled module. A number that large is nearly always a mistake in the data, or a code for a missing value.",
});

export const rowWithoutScore = defineError<{ label: string; logit: string }>({
  code: "DIN0611",
  name: "row-without-score",
  message: ({ label, logit }) => `this row has no score: the logit of \`${label}\` is ${logit}`,
  explanation:
    "All values of the row are valid, but in the network a number became too large for a 32-bit float, or was divided by 0. The logit is NaN, infinite, or beyond ±16,777,216 (2^24), where floats are more than 1 apart and rounding alone decides its value. A compiled module refuses such a candidate too. Look for a huge value in the row, and give its feature `log1p`, `clip` or `standardize`.",
});

export const outputIsInput = defineError<{ path: string; input: string }>({
  code: "DIN0612",
  name: "output-is-input",
  message: ({ path, input }) =>
    path === input
      ? wording`${option("out", path)} would replace files that the command reads`
      : wording`${option("out", path)} would replace ${input}, which the command reads`,
  explanation:
    "Scores never replace the rows they belong to, a file of the run, or dinc.yaml. A compiled folder never replaces the run or the spec it is made from. --out names one of them, perhaps through a link or another spelling of its path, or a folder that contains one. Name another path.",
});

export const readOtherwise = defineWarning<{
  path: string;
  run: string;
  /** The setting, such as `data.label`. */
  name: string;
  /** Its values; null if it is absent. */
  there: string | null;
  here: string | null;
}>({
  code: "DIN0613",
  name: "read-otherwise",
  message: ({ path, run, name, there, here }) => {
    const difference = here === null ? `${path} has no \`${name}\`` : `\`${name}\` of ${path} is \`${here}\``;
    return `${difference}, but ${run} was trained ${there === null ? "without it" : `with \`${there}\``}: these may be different rows`;
  },
  help: ({ name, there }) =>
    there === null ? `leave \`${name}\` out` : `write \`${name}\` as it was in the training`,
  explanation:
    "A network has learned from the histories and the label of its training rows. If the histories of rows contain other events, or if their label is 1 for something else, the rows are scored and measured without an error, but the result is about another task. A run records how its rows were made, and `dinc eval` and `dinc predict` compare dinc.yaml with that record.",
});
