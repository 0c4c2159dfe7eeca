// Catalogue: networks and losses that see other rows of the batch. Codes DIN0336–DIN0337, DIN0477–DIN0480.

import { defineError } from "./define.ts";

export const batchOfSteps = defineError<{ axis: string }>({
  code: "DIN0477",
  name: "batch-of-steps",
  message: ({ axis }) => `\`batch\` takes one value per row, but this varies along \`${axis}\``,
  help: () => "reduce it first, `batch(mean(…))`, or give all steps to `log_partition`",
  explanation:
    "`batch(x)` gives each row the values of all rows of the batch. The steps of a history would be an axis within that axis. Reduce the steps to one vector per row, and give that to `batch`. Only `log_partition(x, batch(steps))` takes the steps of all rows, since it keeps no product with them.",
});

export const frequencyOfIds = defineError<{ name: string; is: string }>({
  code: "DIN0480",
  name: "frequency-of-ids",
  message: ({ name, is }) => `\`frequency\` counts the ids of a row's feature, and \`${name}\` is ${is}`,
  help: () => "name the feature whose values are drawn with the rows: `frequency(item_id)`",
  explanation:
    "`frequency(f)` is the share of the training rows that have the row's value of f. Numbers have no ids to count, and sets and histories have several values per row.",
});

export const batchWithoutOrder = defineError<{ callee: string }>({
  code: "DIN0478",
  name: "batch-without-order",
  message: ({ callee }) => `\`${callee}\` depends on the order of steps, and rows have none`,
  help: () => "reduce them with `sum`, `mean`, `max` or `softmax`",
  explanation:
    "Rows are shuffled in every epoch, so the last row of a batch or of a request, and the order of its rows, are random. What depended on the order would learn noise. If the place of a candidate in a list matters, make it a feature.",
});

export const historyCalledBatch = defineError<Record<string, never>>({
  code: "DIN0479",
  name: "history-called-batch",
  message: () => "`batch` is an axis of its own here, and a history has the same name",
  help: () => "give the history another name",
  explanation:
    "Values vary along the axis `batch` if a loss uses `batch(x)`, and along a history of that name. Messages, types and files could not distinguish the two.",
});

export const batchByIds = defineError<{ callee: string; name: string; is: string }>({
  code: "DIN0336",
  name: "batch-by-ids",
  message: ({ callee, name, is }) =>
    `\`${callee}\` groups rows by a value that each row has, but \`${name}\` is ${is}`,
  help: ({ callee }) =>
    `name a feature with ids, such as the user or the request: \`${callee}(x, by: user_id)\``,
  explanation:
    "`batch(x, by: f)` gives each row the values of the rows with the same f: the same user, session or request. Numbers rarely repeat, and sets and histories have several values per row. A cross has no column of its own.",
});

export const batchByTwo = defineError<{ name: string; other: string }>({
  code: "DIN0337",
  name: "batch-by-two",
  message: ({ name, other }) =>
    `rows are grouped by \`${other}\` and by \`${name}\`, but batches keep the rows of one of them together`,
  help: ({ other }) => `group by \`${other}\` everywhere`,
  explanation:
    "A batch has all rows of a group, so that losses and `candidates` see them together. Rows of one user may belong to many requests and those of an item to many users, so batches cannot keep the groups of two features together.",
});
