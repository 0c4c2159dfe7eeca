// Catalogue: searches in histories, and times. Codes DIN0874–DIN0879.

import { defineError, defineWarning } from "./define.ts";
import { OF_THE_BATCH, shared } from "./helps.ts";

export const notAHistory = defineError<{ got: string }>({
  code: "DIN0874",
  name: "search-outside-of-a-history",
  message: ({ got }) => `\`top\` chooses among the steps of a history, and this is ${got}`,
  help: () => "give it a history or what is computed for its steps: `top(clicks, 50)`",
  explanation:
    "`top(x, count)` gives the best steps of each user's history as an axis of their own. A list has the same elements for all, so its elements are weighted instead: `softmax`. Inside of a block that is applied to each step there is one step only.",
});

export const allOfHistory = defineWarning<{ count: number; axis: string; most: number }>({
  code: "DIN0875",
  name: "search-keeps-all",
  message: ({ count, axis, most }) =>
    `\`${axis}\` has at most ${most} steps, so the best ${count} are all of them`,
  help: () => "raise `max` of the history, or read the history itself",
  explanation:
    "A search in a history is for histories that are longer than what the network can read with care: some thousand steps, of which it reads the best fifty.",
});

export const chosenMeetsOther = defineError<{ operation: string; chosen: string; other: string }>({
  code: "DIN0876",
  name: "chosen-steps-meet-others",
  message: ({ operation, chosen, other }) =>
    `${operation} would mix the steps of \`${chosen}\` with those of \`${other}\`, which are other steps`,
  help: ({ chosen }) =>
    `take from \`${chosen}\` what you need: its fields are \`${chosen}.item_id\` and so on`,
  explanation:
    "`top` gives an axis of its own. Values along it meet values along it, and vectors, and nothing that varies along the history that it was chosen from or along another search.",
});

export const needsAllSteps = defineError<{ callee: string; chosen: string; axis: string }>({
  code: "DIN0877",
  name: "not-along-chosen-steps",
  message: ({ callee, chosen }) =>
    `\`${callee}\` does not go along \`${chosen}\`, the steps that a search chose`,
  help: ({ callee, chosen, axis }) => {
    if (callee === "top")
      return "one search takes both: `where` says which steps may be chosen, `by` which of them are the best";
    if (callee === "facing")
      return `its steps meet each other by \`attention(${chosen}, ${chosen}, ${chosen})\``;
    if (OF_THE_BATCH.has(callee)) return shared.withoutStatistics();
    return `apply \`${callee}\` to \`${axis}\` before \`top\`, or reduce what \`top\` gives first`;
  },
  explanation:
    "Along the steps that `top` chose go `sum`, `mean`, `max`, `min`, `softmax`, `attention`, `last`, `place`, `position`, and whatever is applied to each of them. What needs their number, statistics over the batch, recurrences and longer or shorter sequences do not.",
});

export const timeAlone = defineError<{ name: string }>({
  code: "DIN0878",
  name: "time-is-no-number",
  message: ({ name }) => `\`${name}\` is a time, and only the difference of two times is a number`,
  help: ({ name }) =>
    `write how many seconds lie between two: \`${name.includes(".") ? `now - ${name}` : `${name} - clicks.at`}\``,
  explanation:
    "A `time` has no number that a network could read: seconds since 1970 are larger in every row of tomorrow than in all rows of training. How long ago a step was, `now - clicks.at`, is such a number, in seconds. `hour(zone: …)` and `weekday(zone: …)` are what a clock shows of a time, as ids.",
});
