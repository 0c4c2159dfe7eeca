// Catalogue: what can be wrong with the steps of histories in data. Codes DIN0591–DIN0599.

import { defineError } from "./define.ts";

export const listOfLists = defineError<{ column: string; history: string; got: string }>({
  code: "DIN0591",
  name: "list-of-lists",
  message: ({ column, history, got }) =>
    `\`${column}\` holds lists of lists (${got}), but a step of \`${history}\` has one value of each column`,
  explanation:
    "A history is one axis, so its columns hold one list a row. Sessions, lists of the items of each, are written as one list of all items and beside it a list of the same length that says which session each belongs to: `session : int(0..9)  embed 4` in the history, counted from the latest session.",
});

export const oneItemAnEvent = defineError<{ history: string; feature: string; columns: string }>({
  code: "DIN0592",
  name: "one-item-an-event",
  message: ({ history, feature, columns }) =>
    `a step made from an event has one \`${feature}\`, but \`${history}\` binds ${columns} to it`,
  explanation:
    "In a history made from an event log a step is an event, and what is bound to item features is what the event's item has. Several columns over one feature, such as where a user came from and where they went, need rows that lie ready (`train:` in dinc.yaml). What an event itself has is a field of its own, read from the log's column of its name: `dwell : number`.",
});
