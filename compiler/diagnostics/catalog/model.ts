// Catalogue: declarations and settings. bindings.ts and predictions.ts share its codes DIN0200–DIN0259. Messages about
// expressions are in expressions.ts.

import { defineError, defineWarning, withHelps } from "./define.ts";
import { COUNT_OF_IDS } from "./syntax.ts";

// ---- Declarations

export const duplicateDeclaration = defineError<{ name: string }>({
  code: "DIN0201",
  name: "duplicate-declaration",
  message: ({ name }) => `\`${name}\` is declared twice`,
  help: () => "rename one of the two, or remove it",
  explanation:
    "Features, histories, labels, blocks and the `let`s of `net` share one name space, so that a name in the network has only one meaning.",
});

export const unknownKind = withHelps(
  defineError<{ what: string; name: string }>({
    code: "DIN0202",
    name: "unknown-kind",
    message: ({ what, name }) => `there is no ${what} \`${name}\``,
    explanation:
      "A feature is an `id` (vocabulary learned from the training rows), an `id(size: n)`, an `enum(…)`, an `int(a..b)`, a `number` or another kind in SPEC.md; a label is `binary`, a `number`, an `enum(…)` or an `int(a..b)`.",
  }),
  {
    labelKinds: (kinds: string) => `labels are ${kinds}`,
  },
);

export const unknownOption = withHelps(
  defineError<{ option: string; of: string }>({
    code: "DIN0203",
    name: "unknown-option",
    message: ({ option, of }) => `\`${of}\` has no option \`${option}\``,
    explanation: "Every kind has its own options. A misspelt option would change nothing, without a message.",
  }),
  {
    embedding: () => 'write `init: zeros`, `from: "vectors.txt"`, `freeze`',
    history: () => "write `history clicks(max: 50)`",
    none: (of: string) => `\`${of}\` takes no options`,
    byName: (options: string, several: boolean) =>
      `its ${several ? "options are" : "option is"} ${options}, given by name`,
    write: (example: string) => `write ${example}`,
    enumValues: () => 'list the values: `enum("f", "m")`',
    bothEnds: () => "write both ends: `int(0..23)`",
    set: () =>
      "write `set(id, max: 20, pool: mean)`; options of a value are written with its kind: `set(id(min_count: 2), max: 20)`",
    missingOfCross: () => "put `missing` at its parts; if a part is unknown, so is the cross",
  },
);

export const unknownTransform = withHelps(
  defineError<{ name: string }>({
    code: "DIN0204",
    name: "unknown-transform",
    message: ({ name }) => `there is no transform \`${name}\``,
    explanation:
      "Transforms prepare numbers, in the order in which they are written: `log1p` (ln(1 + x)), `standardize` (mean 0 and standard deviation 1 on the training rows), `min_max` (0 to 1 on the training rows) and `clip(a, b)`. `buckets(…)` and `quantiles(n)` come last and give ids.",
  }),
  {
    embed: () => "a table needs no pipe: `item_id : id  embed 16`",
    count: () => COUNT_OF_IDS,
  },
);

export const badOptionValue = withHelps(
  defineError<{ option: string; of: string; expected: string; got: string }>({
    code: "DIN0205",
    name: "bad-option-value",
    message: ({ option, of, expected, got }) => `${option} of \`${of}\` must be ${expected}, not ${got}`,
    explanation: "The value has the wrong type, or is outside the range of the option.",
  }),
  {
    longRange: () => "declare it as `number`, or as `id` with a learned vocabulary",
  },
);

export const emptyEnum = defineError<Record<never, never>>({
  code: "DIN0206",
  name: "empty-enum",
  message: () => "an `enum` needs at least one value",
  help: () => 'list the values: `enum("f", "m")`',
  explanation: "An `enum` lists the values of its column. Without any value, every row would be an error.",
});

export const duplicateEnumValue = defineError<{ value: string }>({
  code: "DIN0207",
  name: "duplicate-enum-value",
  message: ({ value }) => `the \`enum\` lists ${value} twice`,
  help: () => "remove one of them",
  explanation:
    "Each value of an `enum` has one row of the table. A value written twice would have two rows, one of which would never be trained.",
});

export const rangeReversed = defineError<{ low: number; high: number }>({
  code: "DIN0208",
  name: "range-reversed",
  message: ({ low, high }) => `the range ${low}..${high} is empty`,
  help: ({ low, high }) => `write the lower end first: ${high}, then ${low}`,
  explanation: "A range names its smallest value first. Both ends are included.",
});

export const badEmbed = defineError<{ got: string }>({
  code: "DIN0209",
  name: "bad-embed-width",
  message: ({ got }) => `the width of an embedding must be a whole number from 1 to 1000000, not ${got}`,
  help: () => "write the width as a number, like `embed 16`",
  explanation: "`embed n` gives every id a learned vector of n numbers.",
});

export const embedOnNumber = withHelps(
  defineError<{ feature: string; what: string }>({
    code: "DIN0210",
    name: "embed-on-number",
    message: ({ feature, what }) => `\`${feature}\` is ${what} and cannot be embedded`,
    explanation:
      "An embedding is a table with one row for each id. A number or a vector has no ids: it enters the network directly, a number as a Vec[1]. `buckets(…)` and `quantiles(n)` make ids of a number.",
  }),
  {
    ofSteps: () => "remove `embed`: its numbers enter the network directly, step by step",
    time: () =>
      "remove `embed`: the difference of two times is a number, and `hour(zone: …)` and `weekday(zone: …)` have ids",
    vector: () => "remove `embed`; `dense(…)` in `net` changes its width",
    number: () =>
      "remove `embed`, or make categories of its values: `number |> quantiles(10) embed 4`, `int(a..b)`, `enum(…)`",
  },
);

export const transformOnIds = defineError<{
  transform: string;
  feature: string;
  hasIds: boolean;
  what: string;
}>({
  code: "DIN0211",
  name: "transform-on-ids",
  message: ({ transform, feature, hasIds, what }) =>
    `\`${transform}\` transforms numbers, but \`${feature}\` ${hasIds ? "has ids" : `is ${what}`}`,
  help: ({ feature, hasIds }) => (hasIds ? `remove it, or declare \`${feature} : number\`` : "remove it"),
  explanation:
    "Ids have no order and no size, so their logarithm or mean has no meaning. The numbers of a vector belong together, and its source has already scaled them.",
});

export const duplicateTransform = defineError<{ transform: string }>({
  code: "DIN0212",
  name: "duplicate-transform",
  message: ({ transform }) => `\`${transform}\` is applied twice`,
  help: () => "remove one of them",
  explanation:
    "Each transform is applied at most once: a second `standardize` changes nothing, and a second `log1p` is nearly always a mistake.",
});

// ---- Unused

export const unusedFeature = defineWarning<{ name: string }>({
  code: "DIN0227",
  name: "unused-feature",
  message: ({ name }) => `\`${name}\` is never used`,
  help: () => "use it in `net`, or remove it",
  explanation:
    "The network does not read it, no history is bound to it and no metric groups by it. So it has no effect.",
});

export const unusedHistory = defineWarning<{ name: string }>({
  code: "DIN0228",
  name: "unused-history",
  message: ({ name }) => `the history \`${name}\` is never used`,
  help: ({ name }) => `use \`${name}\` in \`net\`, or remove it`,
  explanation: "The network does not read it, so the model knows nothing about the user's past actions.",
});

export const unusedLet = defineWarning<{ name: string; isInBlock: boolean }>({
  code: "DIN0229",
  name: "unused-let",
  message: ({ name }) => `\`${name}\` is computed but never used`,
  help: ({ isInBlock }) =>
    isInBlock ? "remove it, or use it in the block's value" : "remove it, or use it in a prediction",
  explanation: "No prediction depends on it, so it is neither trained nor served.",
});

export const unusedBlock = defineWarning<{ name: string }>({
  code: "DIN0230",
  name: "unused-block",
  message: ({ name }) => `the block \`${name}\` is never used`,
  help: () => "remove it, or call it in `net`",
  explanation: "Neither the network nor any block that the network uses calls it.",
});

export const unusedParameter = defineWarning<{ name: string; block: string }>({
  code: "DIN0231",
  name: "unused-parameter",
  message: ({ name, block }) => `\`${block}\` never uses its parameter \`${name}\``,
  help: () => "remove it, or name it `_…` to keep it on purpose",
  explanation: "The argument that callers pass for it has no effect on the result.",
});

export const withoutName = defineError<Record<never, never>>({
  code: "DIN0240",
  name: "model-without-name",
  message: () => "the file does not name its model",
  help: () => "begin the file with `model` and a name",
  explanation: "A spec begins with `model name`. Runs and generated code have this name.",
});

export const itemRepeated = defineError<{ item: string }>({
  code: "DIN0241",
  name: "item-repeated",
  message: ({ item }) => `a model has one \`${item}\`, this is a second`,
  help: () => "join the two",
  explanation: "With two, it would be unclear which one counts.",
});

export const notSnakeCase = defineWarning<{ name: string; better: string }>({
  code: "DIN0242",
  name: "not-snake-case",
  message: ({ name }) => `\`${name}\` is not written in snake_case`,
  help: ({ better }) => `call it \`${better}\``,
  explanation:
    "Names in a spec are lower case with underscores, so that they are the same in columns, weights and generated code.",
});

export const predictionIgnoresCandidate = defineWarning<{ label: string }>({
  code: "DIN0243",
  name: "prediction-ignores-candidate",
  message: ({ label }) => `the prediction of \`${label}\` does not depend on any item feature`,
  help: () => "use an item feature, so that candidates get different scores",
  explanation: "Every candidate of a request gets the same score, so the model cannot rank them.",
});

// ---- Training settings

export const unknownSetting = defineError<{ name: string }>({
  code: "DIN0244",
  name: "unknown-setting",
  message: ({ name }) => `\`train\` has no setting \`${name}\``,
  explanation:
    "The settings are loss, optimizer, schedule, tables, clip, regularize, average, batch, epochs, stop, metrics and seed.",
});

export const unknownChoice = defineError<{ setting: string; name: string }>({
  code: "DIN0245",
  name: "unknown-choice",
  message: ({ setting, name }) => `there is no ${setting} \`${name}\``,
  explanation:
    "Losses: binary_cross_entropy, focal. Optimizers: sgd, momentum, adam, adamw, adagrad, ftrl, grda. Schedules: constant, linear, cosine, step, exponential, plateau. Clips: norm. Regularisers: mini_batch_aware, l2, l1, group_lasso. Stops: early. Metrics: auc, gauc, pr_auc, log_loss, ne, ece, calibration, accuracy, ndcg, hit_rate, mrr, macro_auc, micro_auc, rmse, mae, r2, xauc.",
});

export const duplicateSetting = defineError<{ name: string }>({
  code: "DIN0246",
  name: "duplicate-setting",
  message: ({ name }) => `\`${name}\` is set twice`,
  help: ({ name }) =>
    name === "optimizer" || name === "regularize" || name === "metrics"
      ? `write all in one, with commas between them: \`${name} …, …\``
      : "remove one of them",
  explanation: "Otherwise one of the two would silently take precedence.",
});

export const badSettingValue = withHelps(
  defineError<{ name: string; expected: string; got: string }>({
    code: "DIN0247",
    name: "bad-setting-value",
    message: ({ name, expected, got }) => `\`${name}\` must be ${expected}, not ${got}`,
    explanation: "The value has the wrong type, or training cannot run with it.",
  }),
  { commas: () => "write several side by side, with commas between them" },
);

export const groupByUnknown = defineError<{ name: string }>({
  code: "DIN0248",
  name: "group-by-unknown-feature",
  message: ({ name }) => `there is no feature \`${name}\` to group by`,
  explanation:
    "GAUC is the AUC within each group, averaged; NDCG, hit rate and MRR are computed per group as well. `by` names the feature whose values are the groups.",
});

export const groupByNotUser = withHelps(
  defineError<{ metric: string; name: string; scope: string }>({
    code: "DIN0249",
    name: "group-by-not-user",
    message: ({ metric, name, scope }) => `\`${metric}\` groups by the user, but \`${name}\` is ${scope}`,
    explanation:
      "GAUC, NDCG, hit rate and MRR measure how well the candidates of one user are ordered (Zhu et al., KDD 2017), so they group by a user feature with ids. The id of a request is a user feature too: it is the same for all candidates of the request.",
  }),
  {
    declare: () => "declare a user feature with ids",
    move: (name: string) =>
      `declare \`${name}\` in \`features user\`: requests leave out what the network does not read`,
    features: (names: readonly string[]) => `user features with ids: ${names.join(", ")}`,
  },
);

export const perNotListed = defineError<{ metric: string; name: string; is: string }>({
  code: "DIN0481",
  name: "per-not-listed",
  message: ({ metric, name, is }) =>
    `\`${metric}\` for each value of \`${name}\` needs the values in the spec, but it is ${is}`,
  help: () => "declare it as `enum(…)`, `int(a..b)` or `id(size: n)`, with one value per row",
  explanation:
    "`auc(per: page)` is measured separately on the rows of each value of the feature, and each result has a name in tables and files: `auc[home]`, `auc[search]`. So the spec must state the values. For many groups, such as users, use the mean over them: `gauc(by: user_id)`.",
});

export const perTooMany = defineError<{ metric: string; name: string; count: number; most: number }>({
  code: "DIN0482",
  name: "per-too-many",
  message: ({ metric, name, count, most }) =>
    `\`${metric}\` for each value of \`${name}\` would be ${count.toLocaleString("en-US")} metrics; the limit is ${most}`,
  help: () => "name a feature with few values, such as the domain, the page or the country",
  explanation:
    "Each value of the feature has a column of its own in tables, a curve in the report and an interval. Nobody reads hundreds of them, and each would be measured on few rows.",
});

export const duplicateMetric = defineWarning<{ name: string }>({
  code: "DIN0250",
  name: "duplicate-metric",
  message: ({ name }) => `\`${name}\` is listed twice`,
  help: () => "remove one of them",
  explanation: "It would be computed once and printed once.",
});
