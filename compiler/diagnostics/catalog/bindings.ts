// Catalogue: histories, and their bindings to item features by `<->`.

import { defineError, defineWarning, withHelps } from "./define.ts";

export const unknownTarget = withHelps(
  defineError<{ name: string }>({
    code: "DIN0213",
    name: "unknown-binding-target",
    message: ({ name }) => `there is no feature \`${name}\` to bind to`,
    help: () => "bind to a feature declared in `features item`",
    explanation:
      "The name to the left of `<->` is an item feature. The name to the right is the history's column that holds ids of this feature.",
  }),
  {
    turned: (feature: string, column: string) =>
      `the feature comes first, then the history's column: \`${feature} <-> ${column}\``,
  },
);

export const targetNotItem = defineError<{ name: string; scope: string }>({
  code: "DIN0214",
  name: "binding-target-not-item",
  message: ({ name, scope }) => `\`${name}\` is a ${scope} feature; a history is a sequence of items`,
  help: ({ name }) => `declare \`${name}\` in \`features item\`, or bind to an item feature`,
  explanation:
    "A history is a sequence of the items with which a user interacted, so its columns hold ids of item features. This way, past items and the candidate have the same vectors and can be compared.",
});

export const targetNotEmbedded = withHelps(
  defineError<{ name: string }>({
    code: "DIN0216",
    name: "binding-target-not-embedded",
    message: ({ name }) => `\`${name}\` has no embedding that the history could share`,
    explanation:
      "A field of a history holds vectors from the table of its target. A target without `embed` has no such table. Its ids can only be looked up in tables that the network declares, with `weight(clicks.item_id)` and `embed(clicks.item_id, 16)`.",
  }),
  {
    here: (feature: string, field: string) =>
      `give \`${feature}\` a width: \`embed 16\`; or look it up in a table of its own: \`embed(${field}, 16)\``,
    there: (declaration: string) => `give the width there: \`${declaration}\``,
  },
);

export const columnBoundTwice = defineError<{ column: string }>({
  code: "DIN0217",
  name: "column-bound-twice",
  message: ({ column }) => `the column \`${column}\` is bound twice`,
  help: () => "each field needs a column of its own",
  explanation:
    "A column holds the ids of one feature. If it were bound to two, one of the two tables would be read with ids of the other. Two histories may bind the same column to the same feature: a long and a short past.",
});

export const columnIsFeature = defineError<{ column: string; isItem: boolean }>({
  code: "DIN0219",
  name: "column-is-feature",
  message: ({ column }) => `\`${column}\` is both a column of a history and a feature`,
  help: ({ column, isItem }) =>
    isItem
      ? `if it holds values of \`${column}\`, bind the column that holds them: \`${column} <-> hist_${column}\``
      : "name the column that holds the sequence",
  explanation:
    "A feature has one value per row, a column of a history has a sequence. One column cannot be both.",
});

export const bindingWidth = defineError<{ column: string; given: number; target: string; width: number }>({
  code: "DIN0220",
  name: "binding-width-conflict",
  message: ({ column, given, target, width }) =>
    `\`${column}\` has width ${given}, but it shares the table of \`${target}\`, which is ${width} wide`,
  help: () => "remove it: the width is given once, at the feature",
  explanation:
    "`<->` shares one table between the candidate's feature and the history's column. A table has one width, given at the feature.",
});

export const bindingCountsPadding = defineError<{
  column: string;
  given: number;
  target: string;
  size: number;
}>({
  code: "DIN0221",
  name: "binding-counts-padding",
  message: ({ column, given, target, size }) =>
    `\`${column}\` has a vocabulary of ${given}, one more than the ${size} ids of \`${target}\`, whose table it shares`,
  help: () => "remove it: padding has its own id, which no vocabulary counts",
  explanation:
    "The padding id was counted as part of the vocabulary. In dinc, padding and unknown values have rows of their own before the first real id, so that no real id is ever taken for padding. The size counts real ids only.",
});

export const bindingVocabulary = defineError<{ column: string; given: string; target: string; kind: string }>(
  {
    code: "DIN0222",
    name: "binding-vocabulary-conflict",
    message: ({ column, given, target, kind }) =>
      `\`${column}\` is \`${given}\`, but it shares the vocabulary of \`${target}\`, which is \`${kind}\``,
    help: () => "remove it: the vocabulary is given once, at the feature",
    explanation:
      "`<->` shares one vocabulary: the same text must have the same id on both sides. Otherwise the history would point at other items.",
  },
);

export const bindingOtherTable = defineError<{ column: string; given: string; target: string; kind: string }>(
  {
    code: "DIN0223",
    name: "binding-describes-another-table",
    message: ({ column, given, target, kind }) =>
      `\`${column}\` is bound to \`${target}\` (\`${kind}\`), but declares a different table: \`${given}\` at another width`,
    help: () =>
      "remove kind and width to share the table; or declare an item feature of this kind and width and bind to that",
    explanation:
      "Both the vocabulary and the width differ from those of the target. If the column should share the table, remove them; if it should have a table of its own, do not bind it.",
  },
);

export const bindingRepeats = defineWarning<{ column: string; what: string; target: string }>({
  code: "DIN0224",
  name: "binding-repeats-target",
  message: ({ column, what, target }) => `\`${column}\` repeats the ${what} it shares with \`${target}\``,
  help: () => "remove it",
  explanation:
    "Shared properties are stated once, at the feature. A copy would become wrong when the original changes.",
});
export const historyWithoutMax = defineError<{ name: string }>({
  code: "DIN0225",
  name: "history-without-max",
  message: ({ name }) => `\`${name}\` does not say how many steps it keeps`,
  help: ({ name }) => `write \`history ${name}(max: 50)\``,
  explanation:
    "A history keeps its latest `max` steps, in training and in serving alike. Without a limit, one user could stall a request.",
});

export const emptyHistory = defineError<{ name: string }>({
  code: "DIN0226",
  name: "empty-history",
  message: ({ name }) => `\`${name}\` has no columns`,
  help: () => "bind a column to an item feature: `item_id <-> hist_item_id`",
  explanation: "A history consists of columns that are bound to item features: `item_id <-> hist_item_id`.",
});
