// Catalogue: steps of histories in data. Codes DIN0591–DIN0599.

import { defineError } from "./define.ts";

export const listOfLists = defineError<{ column: string; history: string; got: string }>({
  code: "DIN0591",
  name: "list-of-lists",
  message: ({ column, history, got }) =>
    `\`${column}\` holds lists of lists (${got}), but a step of \`${history}\` has one value of each column`,
  help: () =>
    "join the lists of a row, and give the history a field with the number of the list, like `session : int(0..9)  embed 4`",
  explanation:
    "A history is one axis, so each of its columns holds one list per row. Write sessions (lists of items) as one list of all items, and beside it a list of the same length with the session of each item: `session : int(0..9)  embed 4` in the history, counted from the latest session.",
});

export const oneItemAnEvent = defineError<{ history: string; feature: string; columns: string }>({
  code: "DIN0592",
  name: "one-item-an-event",
  message: ({ history, feature, columns }) =>
    `a step made from an event has one \`${feature}\`, but \`${history}\` binds ${columns} to it`,
  explanation:
    "In a history made from an event log each step is an event, and the columns bound to item features come from the event's item. If several columns are bound to one feature (for example, the item that a user came from and the item that the user went to), use example rows (`train:` in dinc.yaml). A property of the event itself is a field of its own, read from the log's column of its name: `dwell : number`.",
});
