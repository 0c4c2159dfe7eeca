// Catalogue: predictions that see the other candidates of a request. Codes DIN0661–DIN0663.

import { formatCount } from "../../common/format-count.ts";
import { defineError } from "./define.ts";

export const candidatesOfSteps = defineError<{ axis: string }>({
  code: "DIN0661",
  name: "candidates-of-steps",
  message: ({ axis }) => `\`candidates\` takes one value per row, but this varies along \`${axis}\``,
  help: () => "reduce it first: `candidates(mean(…), by: request_id)`",
  explanation:
    "`candidates(x, by: request_id)` gives each row the values of all candidates of its request. The steps of a history, or the candidates themselves, would be an axis within that axis. Reduce them to one vector per row, and give that to `candidates`.",
});

export const candidatesMax = defineError<{ max: number; most: number }>({
  code: "DIN0662",
  name: "candidates-max",
  message: ({ max, most }) =>
    `a request has from 1 to ${formatCount(most)} candidates, not ${formatCount(max)}`,
  help: () => "write the largest number of candidates that a request will have: `max: 100`",
  explanation:
    "Each candidate meets every candidate of its request, so time and memory grow with the square of their number. A list for re-ranking has some tens to hundreds of candidates, which an earlier model has chosen.",
});

export const candidatesOtherMax = defineError<{ max: number; other: number }>({
  code: "DIN0663",
  name: "candidates-other-max",
  message: ({ max, other }) =>
    `a request has at most ${formatCount(max)} candidates here, and at most ${formatCount(other)} elsewhere`,
  help: ({ other }) => `write the same \`max\` everywhere: \`max: ${other}\``,
  explanation:
    "All calls of `candidates` see the same requests, so these have one largest number of candidates. Name it once with a `param`, if several calls need it.",
});
