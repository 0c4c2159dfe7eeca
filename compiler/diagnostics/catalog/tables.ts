// What the checker says about embedding tables and how they are read. Codes DIN0360–DIN0369.

import { defineError } from "./define.ts";

export const needsFeature = defineError<{ callee: string; got: string; more: string }>({
  code: "DIN0360",
  name: "needs-a-feature",
  message: ({ callee, got }) => `\`${callee}\` takes a feature by its name; this is ${got}`,
  help: ({ callee, more }) =>
    `name a feature, like \`${callee}(item_id${more})\`, or a field of a history, like \`${callee}(clicks.item_id${more})\``,
  explanation:
    "`weight` and `embed` read a table of the feature's ids, or multiply a number. A vector that was computed, or that a block was given, has no ids any more: read the feature in `net` and pass the result on.",
});

export const tableNameNotAName = defineError<{ name: string }>({
  code: "DIN0361",
  name: "table-name-not-a-name",
  message: ({ name }) => `a table cannot be called ${JSON.stringify(name)}`,
  help: () => 'call it as you would call a feature: `name: "second"`',
  explanation:
    "`name` tells tables of one feature and width apart: letters, digits and `_`. Without it, the same feature and width are the same table wherever they stand.",
});

export const autoWithoutSize = defineError<{ feature: string }>({
  code: "DIN0362",
  name: "auto-without-size",
  message: ({ feature }) => `\`embed auto\` needs to know how many values \`${feature}\` has`,
  help: () => "write the width as a number, like `embed 16`; or state the size: `id(size: n)`",
  explanation:
    "`embed auto` takes the width from the number of values, 6·n^¼ to a multiple of 4 between 4 and 64. Widths are part of what is checked and compiled, so they must follow from the spec; how many values a learned vocabulary has is only known once the training rows (or its file) are read, and would differ from one training to the next.",
});

export const frozenWithoutValues = defineError<{ feature: string }>({
  code: "DIN0363",
  name: "frozen-without-values",
  message: ({ feature }) => `the embedding of \`${feature}\` is frozen before it has learned anything`,
  help: () => 'say what it begins as: `from: "vectors.txt"`, or random vectors with `init: normal(0.1)`',
  explanation:
    "`freeze` keeps a table as it begins. That is meant for vectors that were trained elsewhere (`from`), or for random ones that are asked for (`init`); otherwise the feature would say nothing, or the same for every id.",
});

export const shareUnknown = defineError<{ name: string }>({
  code: "DIN0364",
  name: "shares-unknown-feature",
  message: ({ name }) => `there is no feature \`${name}\` to share with`,
  help: () => "name a feature with ids",
  explanation: "`share` takes vocabulary, width and table of another feature, of any scope.",
});

export const shareChained = defineError<{ feature: string; name: string; root: string | null }>({
  code: "DIN0365",
  name: "share-of-a-share",
  message: ({ feature, name }) =>
    feature === name
      ? `\`${feature}\` cannot share with itself`
      : `\`${feature}\` shares with \`${name}\`, which has nothing of its own`,
  help: ({ feature, name, root }) =>
    root !== null
      ? `share \`${root}\` directly`
      : `give ${feature === name ? "it" : "one of them"} an \`embed\` of its own`,
  explanation:
    "One feature declares vocabulary and table; the others name that one, so that a reader finds width and kind in one step.",
});

export const shareNotIds = defineError<{ name: string; what: string; isOwn: boolean }>({
  code: "DIN0366",
  name: "share-of-a-number",
  message: ({ name, what }) => `\`${name}\` is ${what}: it has no table to share`,
  help: ({ isOwn }) => (isOwn ? "remove it: numbers have no table" : "share with a feature that has ids"),
  explanation:
    "What is shared is a table with a row for each id. A number or a vector enters the network as itself.",
});

export const shareOtherKind = defineError<{ feature: string; name: string; given: string; kind: string }>({
  code: "DIN0367",
  name: "share-kind-conflict",
  message: ({ feature, name, given, kind }) =>
    `\`${feature}\` is \`${given}\`, but shares with \`${name}\`, which is \`${kind}\``,
  help: ({ kind }) => `write the same kind, \`${kind}\`, or do not share`,
  explanation:
    "Features that share a table share its vocabulary: the same raw value must have the same row in both. `id` alone may stand for the other's `id(…)`; anything else must be said the same way twice.",
});

export const shareWithEmbed = defineError<{ feature: string; name: string }>({
  code: "DIN0368",
  name: "share-with-embed",
  message: ({ feature, name }) =>
    `\`${feature}\` shares the table of \`${name}\` and cannot have one of its own`,
  help: () => "remove one of the two",
  explanation:
    "Width and table are given once, at the feature that is shared. A second table over the same ids is declared where it is used: `embed(item_id, 8)`.",
});
