// Catalogue: sequences that become longer or shorter. Codes DIN0330–DIN0339.

import { defineError } from "./define.ts";

export const appendToShorter = defineError<{ axis: string; history: string }>({
  code: "DIN0330",
  name: "append-to-shortened",
  message: ({ axis, history }) =>
    `nothing can be appended along \`${axis}\`: the result would have a step even if \`${history}\` is empty`,
  help: () => "append to the history first, and shorten the result: `before_last(append(x, v))`",
  explanation:
    "If a history is empty, it is still empty without its last step. After appending, the result would have one step and the history none, so the two could not be combined. Append first, then shorten.",
});

export const nothingLeft = defineError<{ callee: string }>({
  code: "DIN0331",
  name: "nothing-left",
  message: ({ callee }) => `\`${callee}\` of a list with one element has no elements`,
  explanation: "A list has at least one element. A history may be empty.",
});

export const windowBefore = defineError<{ before: number; size: number }>({
  code: "DIN0332",
  name: "window-without-its-step",
  message: ({ before, size }) =>
    `a window of ${size} cannot have ${before} before the step: the step itself is one of the ${size}`,
  help: ({ size }) => `write a number from 0 to ${size - 1}`,
  explanation:
    "`window(x, 3)` has one step before each step and one after it. `before: 2` has two before it and none after, so that later actions of the user have no effect; `before: 0` has the step and the two after it.",
});
