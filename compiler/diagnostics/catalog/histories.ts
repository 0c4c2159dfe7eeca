// Catalogue: the fields of histories. Codes DIN0390–DIN0399; DIN0390 itself is in syntax.ts.

import { defineError, defineWarning, withHelps } from "./define.ts";

export const historyAsField = withHelps(
  defineError<{ history: string }>({
    code: "DIN0391",
    name: "history-as-field",
    message: ({ history }) =>
      `\`${history}\` is a history, and a step has one value of each field: histories of histories are not supported`,
    explanation:
      "A field gives each step of a history one value, an id or a number. A history has many, along an axis of its own, and the language has no axis inside another one. Write sessions as one history with a field for the session of each step: `session : int(0..9)  embed 4`, counted from the latest.",
  }),
  {
    bindToFeature: () =>
      "bind the column to the item feature whose values it holds; use a field to distinguish sessions, such as `session : int(0..9)  embed 4`",
    giveKind: () => "give the field a kind, like `session : int(0..9)  embed 4`",
  },
);

export const ownFieldShares = defineError<{ field: string; target: string; isItem: boolean }>({
  code: "DIN0392",
  name: "own-field-shares",
  message: ({ field, target }) =>
    `\`${field}\` shares \`${target}\`; a field of a history does that with a binding`,
  help: ({ field, target, isItem }) =>
    isItem ? `write \`${target} <-> ${field}\`` : "a history can only share features of `features item`",
  explanation:
    "`item_id <-> hist_item_id` says that a column of the history holds ids of an item feature, in its table. A second notation would have to mean exactly the same.",
});

export const fieldAmbiguous = defineError<{
  history: string;
  feature: string;
  columns: string;
  fields: readonly string[];
}>({
  code: "DIN0393",
  name: "field-ambiguous",
  message: ({ history, feature, columns }) =>
    `\`${history}\` binds \`${feature}\` to ${columns}, so \`${history}.${feature}\` could be any of them`,
  help: ({ fields }) => `use the names of its columns: ${fields.join(", ")}`,
  explanation:
    "A field has the name of its feature. If a history binds several columns to one feature (for example, the item that a user came from and the item that the user went to), its fields have the names of the columns instead.",
});

export const ownIds = defineWarning<{ field: string; history: string; target: string }>({
  code: "DIN0394",
  name: "own-ids",
  message: ({ field, history, target }) =>
    `\`${field}\` of \`${history}\` has ids and a table of its own, not those of \`${target}\``,
  help: ({ field, target }) => `write \`${target} <-> ${field}\`, if its values are those of \`${target}\``,
  explanation:
    "Only a field that no candidate has, such as a dwell time, has a kind of its own. Ids of items are bound, so that the past and the candidate have the same vectors. With a table of its own, attention would compare the candidate with unrelated vectors. The name of this field suggests that it holds ids of items.",
});

export const ownCross = defineError<{ field: string; history: string }>({
  code: "DIN0395",
  name: "own-cross",
  message: ({ field, history }) => `\`${field}\` is a cross, but the steps of \`${history}\` cannot have one`,
  help: () => "write the combined values into one column of the data, as an `id`",
  explanation:
    "A cross is computed from the ids of features that are known once per row. A step has other values, some of which no candidate has. Write the combined values of a step into one column of the data.",
});
