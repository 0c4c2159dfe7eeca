// Catalogue: rows and targets for predictions that see the other candidates of a request. Codes DIN0664–DIN0667.

import { formatCount } from "../../common/format-count.ts";
import { option, wording } from "../../common/option-text.ts";
import { defineError } from "./define.ts";

export const requestTooLarge = defineError<{ by: string; largest: number; max: number }>({
  code: "DIN0664",
  name: "request-too-large",
  message: ({ by, largest, max }) =>
    `a request has at most ${formatCount(max)} candidates, and ${formatCount(largest)} rows have the same value of \`${by}\``,
  help: ({ largest }) => `allow them in the spec: \`max: ${largest}\`, or leave rows out of large requests`,
  explanation:
    "The score of a candidate depends on all candidates of its request, so a request is never cut into parts: each part would get other scores than the whole. `max` of `candidates(…)` limits their number, because memory grows with its square.",
});

export const requestLargerThanBatch = defineError<{ by: string; largest: number; batch: number }>({
  code: "DIN0665",
  name: "request-larger-than-batch",
  message: ({ by, largest, batch }) =>
    `${formatCount(largest)} training rows have the same value of \`${by}\`, and a batch has ${formatCount(batch)}`,
  help: ({ largest }) => `let a batch have room for the largest request: \`batch ${largest}\``,
  explanation:
    "The score of a candidate depends on all candidates of its request. So a training step has whole requests, and a batch needs as many rows as the largest one.",
});

export const twoTowerOfCandidates = defineError<{ label: string }>({
  code: "DIN0666",
  name: "two-tower-of-candidates",
  message: ({ label }) =>
    `the prediction of \`${label}\` depends on the other candidates of a request, and two towers score an item without them`,
  help: () => wording`compile the whole model: ${option("target", "ts")}`,
  explanation:
    "`candidates(x, by: request_id)` makes a score depend on all candidates of the request. Two towers compute the vector of an item once, for all requests. Retrieve candidates with a model of two towers, and rank them again with this one.",
});

export const requestsDivided = defineError<{ setting: string; by: string }>({
  code: "DIN0667",
  name: "requests-divided",
  message: ({ setting, by }) =>
    `\`${setting}\` takes single rows, and so divides the rows that share their value of \`${by}\`, which the model scores together`,
  help: ({ by }) => `take whole requests: \`by: ${by}\``,
  explanation:
    "The score of a candidate depends on all candidates of its request. If some of them were validation rows and the others training rows, both would be scored with a part of their request, which no server will ever ask for.",
});
