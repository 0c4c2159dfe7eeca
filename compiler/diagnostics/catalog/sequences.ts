// What the checker says about sequences that become longer or shorter. Codes DIN0330–DIN0339.

import { defineError } from "./define.ts";

export const appendToShorter = defineError<{ axis: string; history: string }>({
  code: "DIN0330",
  name: "append-to-shortened",
  message: ({ axis, history }) =>
    `nothing can be appended along \`${axis}\`: where \`${history}\` is empty the result would have a step all the same`,
  explanation:
    "Where a history is empty, what is left of it without a step is empty too. With something appended it has one step, and the history none, so that the two no longer go together. Append first and shorten then.",
});

export const nothingLeft = defineError<{ callee: string }>({
  code: "DIN0331",
  name: "nothing-left",
  message: ({ callee }) => `\`${callee}\` of a list of one leaves nothing`,
  explanation: "A list has at least one element. A history may well be empty.",
});
