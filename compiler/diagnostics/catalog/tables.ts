// Catalogue: embedding tables and their lookups. Codes DIN0360–DIN0369.

import { defineError, withHelps } from "./define.ts";

export const needsFeature = withHelps(
  defineError<{ callee: string; got: string; more: string }>({
    code: "DIN0360",
    name: "needs-a-feature",
    message: ({ callee, got }) => `\`${callee}\` takes a feature by its name; this is ${got}`,
    help: ({ callee, more }) =>
      `name a feature, like \`${callee}(item_id${more})\`, or a field of a history, like \`${callee}(clicks.item_id${more})\``,
    explanation:
      "`weight` and `embed` look up ids of a feature in a table, or multiply a number. A feature stays a feature through names, `let`s, lists and parameters without a type or of the type `Feature`. A computed vector, or a feature passed as a `Vec`, no longer has ids.",
  }),
  {
    named: (parameter: string) =>
      `name a feature, like \`${parameter}: item_id\`, or a field of a history, like \`${parameter}: clicks.item_id\``,
    ofEach: (callee: string, list: string, more: string) =>
      `for each feature in a list, write \`each(${list}, ${more === "" ? callee : `f => ${callee}(f${more})`})\``,
  },
);

export const tableNameNotAName = defineError<{ name: string }>({
  code: "DIN0361",
  name: "table-name-not-a-name",
  message: ({ name }) => `${JSON.stringify(name)} cannot be the name of a table`,
  help: () => 'call it as you would call a feature: `name: "second"`',
  explanation:
    "`name` distinguishes tables that have the same feature and width; it consists of letters, digits and `_`. Without it, the same feature and width give the same table everywhere.",
});

export const tableNameVaries = defineError<Record<never, never>>({
  code: "DIN0369",
  name: "table-name-varies",
  message: () => "`name` and `feature` run over two lists, one inside the other",
  help: () => "give both to one function: `pairs(fields, (a, b) => embed(a, 4, name: b))`",
  explanation:
    "Inside `each` and `pairs`, a parameter stands for all features of a list. A table can be named after another feature only if one function runs over both lists together.",
});

export const tableOptionsDiffer = defineError<{ feature: string }>({
  code: "DIN0731",
  name: "table-options-differ",
  message: ({ feature }) => `another \`embed\` of \`${feature}\` gives this table other options`,
  help: () => 'write the same options in both, or make it a table of its own: `name: "second"`',
  explanation:
    "`embed(shop_id, 4)` is one table wherever it is written: the feature, the width and `name` tell which. So all its uses have the same `init`, `from` and `freeze`; a use without them has the defaults.",
});

export const optionsWithoutTable = defineError<{ feature: string }>({
  code: "DIN0732",
  name: "table-options-of-a-number",
  message: ({ feature }) => `\`${feature}\` has no ids, so this \`embed\` has no table to fill or to freeze`,
  help: () => "remove `from` and `freeze`; `init` may stay",
  explanation:
    "`embed` of a number is the number times a learned vector. A file has vectors for ids, and `freeze` keeps a table as it begins; both need a feature with ids.",
});

export const autoWithoutSize = defineError<{ feature: string }>({
  code: "DIN0362",
  name: "auto-without-size",
  message: ({ feature }) => `\`embed auto\` needs the number of values of \`${feature}\``,
  help: () => "write the width as a number, like `embed 16`; or state the size: `id(size: n)`",
  explanation:
    "`embed auto` computes the width from the number of values: 6·n^¼, rounded to a multiple of 4 between 4 and 64. Widths are checked when compiling, so they must follow from the spec. The size of a learned vocabulary is known only after the training rows (or its file) are read, and would differ between trainings.",
});

export const frozenWithoutValues = defineError<{ feature: string }>({
  code: "DIN0363",
  name: "frozen-without-values",
  message: ({ feature }) => `the embedding of \`${feature}\` is frozen before it has learned anything`,
  help: () => 'initialise it: with `from: "vectors.txt"`, or with random vectors, `init: normal(0.1)`',
  explanation:
    "`freeze` keeps a table as it was initialised. It is meant for vectors trained elsewhere (`from`), or for random ones (`init`). Any other frozen table would carry no information.",
});

export const shareUnknown = defineError<{ name: string }>({
  code: "DIN0364",
  name: "shares-unknown-feature",
  message: ({ name }) => `there is no feature \`${name}\` to share with`,
  help: () => "name a feature with ids",
  explanation: "`share` takes the vocabulary, width and table of another feature, of any scope.",
});

export const shareChained = defineError<{ feature: string; name: string; root: string | null }>({
  code: "DIN0365",
  name: "share-of-a-share",
  message: ({ feature, name }) =>
    feature === name
      ? `\`${feature}\` cannot share with itself`
      : `\`${feature}\` shares with \`${name}\`, which has no vocabulary and table of its own`,
  help: ({ feature, name, root }) =>
    root !== null
      ? `share \`${root}\` directly`
      : `give ${feature === name ? "it" : "one of them"} an \`embed\` of its own`,
  explanation:
    "One feature declares the vocabulary and the table, and the others name that feature. So a reader finds width and kind in one place.",
});

export const shareNotIds = defineError<{ name: string; what: string; isOwn: boolean }>({
  code: "DIN0366",
  name: "share-of-a-number",
  message: ({ name, what }) => `\`${name}\` is ${what}: it has no table to share`,
  help: ({ isOwn }) => (isOwn ? "remove it: numbers have no table" : "share with a feature that has ids"),
  explanation:
    "A shared table has a row for each id. A number or a vector enters the network directly and has no table.",
});

export const shareOtherKind = defineError<{ feature: string; name: string; given: string; kind: string }>({
  code: "DIN0367",
  name: "share-kind-conflict",
  message: ({ feature, name, given, kind }) =>
    `\`${feature}\` is \`${given}\`, but shares with \`${name}\`, which is \`${kind}\``,
  help: ({ kind }) => `write the same kind, \`${kind}\`, or do not share`,
  explanation:
    "Features that share a table share its vocabulary: the same raw value must have the same row for both. A plain `id` may stand for the other's `id(…)`. Any other kind must be written the same way twice.",
});

export const shareWithEmbed = defineError<{ feature: string; name: string }>({
  code: "DIN0368",
  name: "share-with-embed",
  message: ({ feature, name }) =>
    `\`${feature}\` shares the table of \`${name}\` and cannot have one of its own`,
  help: () => "remove one of the two",
  explanation:
    "Width and table are declared once, at the feature that is shared. A second table over the same ids is declared where it is used: `embed(item_id, 8)`.",
});
