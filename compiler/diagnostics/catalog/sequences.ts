// Catalogue: sequences that become longer or shorter. Codes DIN0330–DIN0339.

import { defineError } from "./define.ts";

export const appendToShorter = defineError<{ axis: string; history: string }>({
  code: "DIN0330",
  name: "append-to-shortened",
  message: ({ axis, history }) =>
    `nothing can be appended along \`${axis}\`: the result would have a step even if \`${history}\` is empty`,
  help: () => "append to the history first, and shorten the result: `before_last(append(x, v))`",
  explanation:
    "If a history is empty, it is still empty without its last step. After appending, the result would have one step and the history none, so that the two could no longer be combined. Append first, then shorten.",
});

export const nothingLeft = defineError<{ callee: string }>({
  code: "DIN0331",
  name: "nothing-left",
  message: ({ callee }) => `\`${callee}\` of a list of one leaves nothing`,
  explanation: "A list has at least one element. A history may be empty.",
});
