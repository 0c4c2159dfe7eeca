// Catalogue: sequences that become longer or shorter. Codes DIN0330–DIN0339, DIN0397, DIN0398.

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

export const windowEvery = defineError<{ got: string }>({
  code: "DIN0398",
  name: "window-every",
  message: ({ got }) => `\`every\` of \`window\` must be a whole number from 1, not ${got}`,
  help: () => "write the number of steps from one window to the next, such as `window(clicks, 4, every: 4)`",
  explanation:
    "`window(x, n, every: k)` has a window for every k-th step, counted from the latest: a history of 10 steps has 3 windows with `every: 4`. With `every: 1`, the default, each step has one.",
});

export const joinBy = defineError<{ got: string }>({
  code: "DIN0397",
  name: "join-by",
  message: ({ got }) =>
    `\`by\` of \`join\` must have a time or a number of the steps of each part, not ${got}`,
  help: () =>
    "list a field of each history, in the order of the parts: `join(clicks, carts, by: [clicks.at, carts.at])`",
  explanation:
    "`join(a, b, by: [a.at, b.at])` puts the steps of several histories in the order of a field of theirs: all times, or all numbers. It needs one field for each part, of the steps that this part has. Lists have no such field.",
});
