// Catalogue: `scan`. Codes DIN0320–DIN0329.

import { defineError, defineWarning } from "./define.ts";

export const scanNeedsSequence = defineError<{ name: string }>({
  code: "DIN0320",
  name: "scan-needs-a-sequence",
  message: ({ name }) => `\`${name}\` runs over a history or list, but this is one vector`,
  help: () => "give it a history, a list, or something computed from one step by step",
  explanation:
    "A recurrence computes each state from the one before, step by step. Other vectors are the same in every step, but at least one input must be a sequence along a history or list.",
});

export const stateDiffers = defineError<{ what: string; got: string; state: string }>({
  code: "DIN0321",
  name: "state-differs",
  message: ({ what, got, state }) => `${what} is ${got}, but the state is ${state}`,
  explanation:
    "A cell gives the state of the next step, so its result and its state are vectors of the width given to `scan`. The state before the first step must have that width too. If a state has several parts, `width: [16, 8]`, the cell takes each part as a parameter, `(h, c, x) => …`, and gives a list of both.",
});

export const batchOfStates = defineError<{ name: string }>({
  code: "DIN0322",
  name: "batch-of-states",
  message: ({ name }) => `\`${name}\` needs all steps of a batch, but states are computed one step at a time`,
  help: () => "use a function of the value alone, such as `prelu`, `relu` or `tanh`",
  explanation:
    "`dice` compares a value with those of all steps in the batch, and `shuffled` takes one of them. Inside a `scan` the later ones do not exist yet. Both may be applied to values that do not depend on the state, and to the result of `scan`.",
});

export const stateNotUsed = defineWarning<{ name: string }>({
  code: "DIN0323",
  name: "state-not-used",
  message: ({ name }) => `${name} computes the new state without the old one`,
  explanation:
    "Such a state remembers nothing: each step is computed independently. `each`, or a call of the block with the sequence, says that more plainly. Most often the cell should have read its first parameter.",
});

export const stateParts = defineError<{ name: string }>({
  code: "DIN0324",
  name: "parts-of-any-state",
  message: ({ name }) => `the number of parts of this \`${name}\`'s state is not known here`,
  help: () => "leave out the block's result type, so that it is checked where it is used",
  explanation:
    "A block with a full signature is checked once for all lists, and a cell has a parameter for each part of its state. Without a result type the block is checked with the widths that each use gives it.",
});
