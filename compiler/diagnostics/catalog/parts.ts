// Catalogue: settings for parts of a model, and their effects on weights. Codes DIN0470–DIN0479.

import { defineError, defineWarning, withHelps } from "./define.ts";

const PARTS =
  "A part is a `let`, a prediction or a loss (the layers in its own expression, and the tables that `weight` and `embed` make there), a feature, a group or a history (their tables), or `tables`, which are all tables.";

export const unknownPart = withHelps(
  defineError<{ name: string }>({
    code: "DIN0470",
    name: "unknown-part",
    message: ({ name }) => `\`${name}\` is not a part of the model`,
    explanation: `\`for:\` names parts of the model, one or a list: \`for: wide\`, \`for: [wide, user_id]\`. ${PARTS}`,
  }),
  {
    name: () => "name a `let`, a prediction, a loss, a feature, a group or a history, or write `tables`",
    list: () => "write a name, or a list of names: `for: [wide, user_id]`",
  },
);

export const partWithoutTables = defineWarning<{ name: string; setting: string | null }>({
  code: "DIN0471",
  name: "part-without-tables",
  message: ({ name, setting }) =>
    setting === null
      ? `\`${name}\` has no weights here: the network reads no table of its own`
      : `\`${setting}\` is for tables, and \`${name}\` has none`,
  help: ({ setting }) => (setting === "group_lasso" ? "use `l1` for the weights of layers" : null),
  explanation: `A setting for a part without weights has no effect. The numbers of a feature without a table are data, and a feature that the network does not read, as in a variant, has no table. ${PARTS}`,
});

export const partHasTwo = defineError<{ what: string; one: string; other: string }>({
  code: "DIN0472",
  name: "part-has-two-optimizers",
  message: ({ what, one, other }) =>
    one === other
      ? `\`${one}\` is named twice, but only one optimizer can change it`
      : `\`${one}\` and \`${other}\` both have ${what}, but only one optimizer can change it`,
  help: () => "name it in one place",
  explanation:
    "Each weight and each table has one optimizer. A `let`, prediction or loss comes before a feature, group or history, and these before `tables`: `ftrl(for: wide), adagrad(for: tables)` gives the tables of `wide` to `ftrl`. If two parts of one kind have the same table, the choice would be open.",
});

export const optimizerForRest = defineError<{ first: string; second: string }>({
  code: "DIN0473",
  name: "two-optimizers-for-the-rest",
  message: ({ first, second }) =>
    first === second
      ? `\`${first}\` is written twice without \`for:\``
      : `\`${first}\` and \`${second}\` are both written without \`for:\``,
  help: ({ second }) => `name the part for the second: \`${second}(for: tables)\``,
  explanation:
    "The optimizer without `for:` changes everything that no other optimizer names. If there are several optimizers, each of the others names its parts: `optimizer adam(1e-3), adagrad(0.05, for: tables)`.",
});

export const domainNotCounted = defineError<{ callee: string; name: string; is: string }>({
  code: "DIN0474",
  name: "domain-not-counted",
  message: ({ callee, name, is }) =>
    `\`${callee}\` by \`${name}\` needs the number of values of \`${name}\`, but it is ${is}`,
  help: () => "declare it as `enum(…)`, `int(a..b)` or `id(size: n)`, with one value per row",
  explanation:
    "`batch_norm(x, per: domain)` keeps a mean and a variance for each value of the feature, so the number of values must be in the spec: `enum(…)`, `int(a..b)`, `id(size: n)` and `id(hash: n)` state it. The size of a learned vocabulary depends on the training rows.",
});

export const domainTooLarge = defineError<{ callee: string; name: string; count: number; most: number }>({
  code: "DIN0475",
  name: "domain-too-large",
  message: ({ callee, name, count, most }) =>
    `\`${callee}\` by \`${name}\` would have ${count.toLocaleString("en-US")} means; the limit is ${most.toLocaleString("en-US")}`,
  help: () => "name a feature with few values, such as the domain, the page or the country",
  explanation:
    "Each value of the feature has a mean and a variance of its own, which are estimated from its rows in a batch. With thousands of values, most batches would lack most of them.",
});

export const domainVaries = defineError<{ callee: string; what: string }>({
  code: "DIN0476",
  name: "domain-varies",
  message: ({ callee, what }) => `\`${callee}\` by a feature takes one vector per row, but ${what}`,
  help: () => "flatten a list, or reduce a history first; for the steps themselves, leave out `per`",
  explanation:
    "The feature selects the statistics of a row, so the normalised value must be one vector per row: `batch_norm(flatten(fields), per: domain)`. Steps of a history and elements of a list have no domain of their own.",
});
