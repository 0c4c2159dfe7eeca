// Catalogue: losses that see other rows of the batch. Codes DIN0336–DIN0337, DIN0477–DIN0480.

import { defineError } from "./define.ts";

export const batchOfSteps = defineError<{ axis: string }>({
  code: "DIN0477",
  name: "batch-of-steps",
  message: ({ axis }) => `\`batch\` takes one value of each row, and this varies along \`${axis}\``,
  help: () => "reduce it first: `batch(mean(…))`",
  explanation:
    "`batch(x)` shows each row the values of all rows of the batch. Those of a history's steps would be an axis within that axis. Reduce the steps to one vector a row, and give that to `batch`.",
});

export const frequencyOfIds = defineError<{ name: string; is: string }>({
  code: "DIN0480",
  name: "frequency-of-ids",
  message: ({ name, is }) => `\`frequency\` counts the ids of a row's feature, and \`${name}\` is ${is}`,
  help: () => "name the feature whose values are drawn with the rows: `frequency(item_id)`",
  explanation:
    "`frequency(f)` is the share of the training rows that have the row's value of f. Numbers have no ids to count, and sets and histories have several values a row.",
});

export const batchWithoutOrder = defineError<{ callee: string }>({
  code: "DIN0478",
  name: "batch-without-order",
  message: ({ callee }) => `\`${callee}\` goes by the order of steps, and the rows of a batch have none`,
  help: () => "reduce them with `sum`, `mean`, `max` or `softmax`",
  explanation:
    "Rows are shuffled in every epoch, so that which row of a batch is the last, or which follows which, is chance. A loss that depended on it would learn noise.",
});

export const historyCalledBatch = defineError<Record<string, never>>({
  code: "DIN0479",
  name: "history-called-batch",
  message: () => "`batch` is an axis of its own here, and a history is called so too",
  help: () => "give the history another name",
  explanation:
    "Values vary along `batch` where a loss uses `batch(x)`, and along a history of that name. Messages, types and files could not tell the two apart.",
});

export const batchByIds = defineError<{ name: string; is: string }>({
  code: "DIN0336",
  name: "batch-by-ids",
  message: ({ name, is }) =>
    `\`batch\` groups rows by a value that each of them has, and \`${name}\` is ${is}`,
  help: () => "name a feature with ids, such as the user or the request: `batch(x, by: user_id)`",
  explanation:
    "`batch(x, by: f)` has for each row the values of the rows with the same value of f: those of a user, a session or a request. Numbers rarely repeat, and sets and histories have several values a row. A cross has no column of its own.",
});

export const batchByTwo = defineError<{ name: string; other: string }>({
  code: "DIN0337",
  name: "batch-by-two",
  message: ({ name, other }) =>
    `losses group rows by \`${other}\` and by \`${name}\`, but batches keep the rows of one of them together`,
  help: ({ other }) => `group by \`${other}\` in all losses`,
  explanation:
    "A batch has all rows of a group, so that a loss sees them together. Rows of one user may belong to many requests and those of an item to many users, so batches cannot keep whole the groups of two features.",
});
