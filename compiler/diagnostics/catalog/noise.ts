// Catalogue: drawn numbers, the progress of a training, and reversed gradients. Codes DIN0494–DIN0499.

import { defineError } from "./define.ts";

export const randomOfState = defineError<{ callee: string }>({
  code: "DIN0494",
  name: "random-of-state",
  message: ({ callee }) => `\`${callee}\` cannot depend on the state of a recurrence`,
  help: ({ callee }) =>
    callee === "random"
      ? "draw the numbers for the steps of the history, and pass them to `scan` as a further sequence"
      : "apply it to the sequence that `scan` gives, or to the one that it takes",
  explanation:
    "Inside the cell of a `scan` there is only one step, which is computed again and again. What differs between training and predictions is decided outside of it: `random(normal, like: clicks)` has numbers for each step, and `scan` takes it as a further sequence.",
});

export const reverseFactor = defineError<{ got: string }>({
  code: "DIN0495",
  name: "reverse-factor",
  message: ({ got }) =>
    `\`factor\` of \`reverse_gradient\` must be a number above 0, the same for all rows, not ${got}`,
  help: () => "write a number, or an expression of `progress` such as `2 / (1 + exp(-10 * progress)) - 1`",
  explanation:
    "`reverse_gradient(x, factor)` multiplies the gradient of x by −`factor`. The factor is one number for a whole training step: a constant, or computed from `progress`, so that it grows while the network learns. It is not learned and does not depend on the rows.",
});

export const stepsInPart = defineError<{ callee: string; what: string; share: boolean }>({
  code: "DIN0496",
  name: "reorder-of",
  message: ({ callee, what, share }) =>
    share
      ? `the share of \`${callee}\` must be a number above 0, up to 1, not ${what}`
      : `\`${callee}\` goes along the steps of a history, but this is ${what}`,
  help: ({ share }) =>
    share ? "write a share of the steps, such as 0.5" : "give it a history or a value computed for its steps",
  explanation:
    "`reorder(x, share)` shuffles a run of neighbouring steps of each history while training, and `crop(x, share)` keeps such a run alone, so that a network learns to depend less on order and length. Elements of a list and rows of a batch have no such order.",
});
