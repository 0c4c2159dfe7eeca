// Catalogue: searches in histories, and times. Codes DIN0874–DIN0879.

import { defineError, defineWarning } from "./define.ts";
import { OF_THE_BATCH, shared } from "./helps.ts";

export const notAHistory = defineError<{ got: string }>({
  code: "DIN0874",
  name: "search-outside-of-a-history",
  message: ({ got }) => `\`top\` chooses among the steps of a history, but this is ${got}`,
  help: () => "give it a history or a value computed for its steps: `top(clicks, 50)`",
  explanation:
    "`top(x, count)` gives the best steps of each user's history as an axis of their own. A list has the same elements for all users, so weigh its elements instead: `softmax`. Inside a block that is applied to each step, there is only one step.",
});

export const allOfHistory = defineWarning<{ count: number; axis: string; most: number }>({
  code: "DIN0875",
  name: "search-keeps-all",
  message: ({ count, axis, most }) =>
    `\`${axis}\` has at most ${most} steps, so a search for the best ${count} selects all of them`,
  help: () => "raise `max` of the history, or read the history itself",
  explanation:
    "A search is for histories that are too long for the network to read in full: it picks the best fifty of some thousand steps, for example.",
});

export const chosenMeetsOther = defineError<{ operation: string; chosen: string; other: string }>({
  code: "DIN0876",
  name: "chosen-steps-meet-others",
  message: ({ operation, chosen, other }) =>
    `${operation} would mix the steps of \`${chosen}\` with the different steps of \`${other}\``,
  help: ({ chosen }) =>
    `take the values you need from \`${chosen}\`: its fields are \`${chosen}.item_id\` and so on`,
  explanation:
    "`top` gives an axis of its own. Values along it can be combined with each other and with vectors, but not with values along the original history or along another search.",
});

export const needsAllSteps = defineError<{ callee: string; chosen: string; axis: string }>({
  code: "DIN0877",
  name: "not-along-chosen-steps",
  message: ({ callee, chosen }) =>
    `\`${callee}\` cannot be used along \`${chosen}\`, the steps that a search selected`,
  help: ({ callee, chosen, axis }) => {
    if (callee === "top")
      return "one search does both: `where` says which steps may be chosen, `by` which of them are the best";
    if (callee === "facing")
      return `to combine its steps with each other, write \`attention(${chosen}, ${chosen}, ${chosen})\``;
    if (OF_THE_BATCH.has(callee)) return shared.withoutStatistics();
    return `apply \`${callee}\` to \`${axis}\` before \`top\`, or reduce the result of \`top\` first`;
  },
  explanation:
    "`sum`, `mean`, `max`, `min`, `softmax`, `attention`, `last`, `place`, `position`, `window`, recurrences, and all functions of single steps, can be used along the steps that `top` selected. Functions that need the number of steps, statistics over the batch, and longer or shorter sequences cannot.",
});

export const timeAlone = defineError<{ name: string }>({
  code: "DIN0878",
  name: "time-is-no-number",
  message: ({ name }) => `\`${name}\` is a time; only the difference of two times is a number`,
  help: ({ name }) =>
    `write the seconds between two times: \`${name.includes(".") ? `now - ${name}` : `${name} - clicks.at`}\``,
  explanation:
    "A network cannot read a `time` as a number: seconds since 1970 are larger in every row of tomorrow than in all training rows. It can read the age of a step, `now - clicks.at`, in seconds. `hour(zone: …)` and `weekday(zone: …)` give the hour and the weekday of a time as ids.",
});
