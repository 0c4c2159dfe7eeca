// What the checker says about `scan`. Codes DIN0320–DIN0329.

import { defineError, defineWarning } from "./define.ts";

export const scanNeedsHistory = defineError<{ got: string }>({
  code: "DIN0320",
  name: "scan-needs-a-history",
  message: ({ got }) => `\`scan\` goes along a history, and this is ${got}`,
  help: () => "give it a history, or something computed from one step by step",
  explanation:
    "A recurrence makes a state from the one before, step by step. At least one of the values it reads is a sequence along a history; vectors beside it are the same in every step. A list is gone through with `fold` or `each`.",
});

export const stateDiffers = defineError<{ what: string; got: string; state: string }>({
  code: "DIN0321",
  name: "state-differs",
  message: ({ what, got, state }) => `${what} is ${got}, but the state is ${state}`,
  explanation:
    "What a cell gives is the state that it gets in the next step, so both are vectors of the width that `scan` was given; so is the state before the first step.",
});

export const batchOfStates = defineError<{ name: string }>({
  code: "DIN0322",
  name: "batch-of-states",
  message: ({ name }) => `\`${name}\` looks at all steps of a batch, but a state is known one step at a time`,
  help: () => "use what needs the value alone, such as `prelu`, `relu` or `tanh`",
  explanation:
    "Dice compares a value with those of all steps in the batch, `shuffled` takes one of them. Inside a `scan` the later ones do not exist yet. Both may be used on what is computed from a step's own values alone, and on what `scan` gives.",
});

export const stateNotUsed = defineWarning<{ name: string }>({
  code: "DIN0323",
  name: "state-not-used",
  message: ({ name }) => `${name} makes the new state without the old one`,
  explanation:
    "Such a state remembers nothing: each step is computed by itself, which `each`, or calling the block with the sequence, says more plainly. Most often the cell was meant to read its first parameter.",
});
