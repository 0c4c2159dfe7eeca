// Catalogue: training rows' vectors from which codes are fitted. Code DIN0634.

import { defineError } from "./define.ts";

export const fewerVectors = defineError<{ feature: string; vectors: number; of: number }>({
  code: "DIN0634",
  name: "fewer-vectors-than-clusters",
  message: ({ feature, vectors, of }) =>
    `\`${feature}\` has ${vectors} different ${vectors === 1 ? "vector" : "vectors"} in the training rows, fewer than the ${of} clusters of \`codes\``,
  help: ({ vectors }) =>
    vectors < 4
      ? "check the column, which has almost the same vector everywhere"
      : `write a smaller \`of\`, such as \`of: ${Math.max(2, 2 ** Math.floor(Math.log2(vectors / 2)))}\``,
  explanation:
    "The clusters of `codes` are fitted on the different vectors of the training rows. With fewer vectors than clusters, each vector is a cluster of its own, so its codes say no more than its id. A column in which all vectors are equal says nothing about an item.",
});
