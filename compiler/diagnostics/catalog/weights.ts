// Catalogue: weights of the values of sets, in data. Codes DIN0734–DIN0736.

import { defineError } from "./define.ts";

export const notAWeight = defineError<{
  column: string;
  got: string;
  /** Null if the value has none. */
  weight: string | null;
  /** Whether another column has the weights of the feature itself. */
  isOfStep: boolean;
}>({
  code: "DIN0734",
  name: "not-a-weight",
  message: ({ column, got, weight }) =>
    weight === null
      ? `\`${column}\` has a value without a weight here: ${got}`
      : `\`${column}\` has a weight that is not a finite number here: ${weight === '""' ? `nothing, in ${got}` : weight}`,
  help: ({ isOfStep }) =>
    isOfStep
      ? "write each value of a step, a colon and its weight, `comedy:0.7`: the steps have no other column of weights"
      : "write each value, a colon and its weight, `comedy:0.7`; or remove `weighted` from the spec",
  explanation:
    'A set that is declared as `weighted` has a weight for each of its values. In a text, the last colon of a value separates it from its weight, so a value may contain colons: `http://a.b:0.5` is the value `http://a.b`. In lists, a value and its weight are a text like that, a pair `["comedy", 0.7]`, or an entry of a map or a struct of Parquet. A weight is a finite number of 32 bits.',
});

export const negativeWeight = defineError<{ column: string; feature: string; weight: number }>({
  code: "DIN0735",
  name: "negative-weight-of-a-mean",
  message: ({ column, feature, weight }) =>
    `\`${column}\` has the weight ${weight} here, but \`${feature}\` is a mean, whose weights are 0 or more`,
  help: ({ feature }) =>
    `pool by \`sum\` if values of \`${feature}\` may count against it, or make the weight 0 or more`,
  explanation:
    "`pool: mean` divides the weighted sum of a set's vectors by the sum of its weights. If weights of both signs nearly cancelled, that sum would be close to 0 and the mean could be of any size. A `sum` has no such division.",
});

export const weightLengths = defineError<{
  column: string;
  weightsColumn: string;
  values: number;
  weights: number;
}>({
  code: "DIN0736",
  name: "weight-lengths",
  message: ({ column, weightsColumn, values, weights }) =>
    `\`${column}\` has ${values} ${values === 1 ? "value" : "values"} here, but \`${weightsColumn}\` has ${weights}`,
  help: ({ column, weightsColumn }) =>
    `make the lists of \`${column}\` and \`${weightsColumn}\` equally long, in the same order`,
  explanation:
    "With `weighted(by: tag_weights)`, the values of a set are in one column and their weights in another: the first weight is that of the first value, and so on. So both have the same number of entries in each row. An empty cell has none.",
});
