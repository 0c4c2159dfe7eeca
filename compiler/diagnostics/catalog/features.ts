// Catalogue: what the checker says about ids by hash, crosses and vectors. Codes DIN0370–DIN0379.

import { defineError } from "./define.ts";

export const vectorsByValue = defineError<{ feature: string }>({
  code: "DIN0370",
  name: "vectors-of-shared-ids",
  message: ({ feature }) =>
    `\`from\` gives a vector to each value, but several values of \`${feature}\` have the same id`,
  explanation:
    "A file of pretrained vectors has one line a value. Where values share ids (in buckets of numbers, by hash, in a cross), it would be chance whose vector a row of the table begins as. Pretrained vectors go with a vocabulary: `id`, `id(file: …)`, `id(size: n)`, `enum(…)`, `int(a..b)`.",
});
