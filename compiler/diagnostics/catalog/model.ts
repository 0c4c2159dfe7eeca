// What the checker says about declarations: features, bindings, histories, labels, predictions and settings.
// Codes DIN0200–DIN0259; what it says about expressions is in expressions.ts.

import { defineError, defineWarning, withHelps } from "./define.ts";

// ---- Declarations

export const duplicateDeclaration = defineError<{ name: string }>({
  code: "DIN0201",
  name: "duplicate-declaration",
  message: ({ name }) => `\`${name}\` is declared twice`,
  help: () => "rename one of the two, or remove it",
  explanation:
    "Features, histories, labels, blocks and the `let`s of `net` share one name space, so that a name in the network can mean only one thing.",
});

export const unknownKind = withHelps(
  defineError<{ what: string; name: string }>({
    code: "DIN0202",
    name: "unknown-kind",
    message: ({ what, name }) => `there is no ${what} \`${name}\``,
    explanation:
      "A feature is an `id` (vocabulary learned from the training rows), an `id(size: n)`, an `enum(…)`, an `int(a..b)`, a `number` or another kind of SPEC.md; a label is `binary`.",
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
    explanation: "Every kind has its own options. A misspelt one would silently change nothing.",
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
      "write `set(id, max: 20, pool: mean)`; options of a value stand with its kind: `set(id(min_count: 2), max: 20)`",
    missingOfCross: () => "put `missing` at its parts: with an unknown part the cross is unknown",
  },
);

export const unknownTransform = defineError<{ name: string }>({
  code: "DIN0204",
  name: "unknown-transform",
  message: ({ name }) => `there is no transform \`${name}\``,
  explanation:
    "Transforms prepare numbers, in the order in which they are written: `log1p` (ln(1 + x)), `standardize` (mean 0 and deviation 1 on the training rows), `min_max` (0 to 1 on the training rows) and `clip(a, b)`. `buckets(…)` and `quantiles(n)` come last and give ids.",
});

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
  explanation: "An `enum` lists the values of its column. Without any, every row would be an error.",
});

export const duplicateEnumValue = defineError<{ value: string }>({
  code: "DIN0207",
  name: "duplicate-enum-value",
  message: ({ value }) => `the \`enum\` lists ${value} twice`,
  help: () => "remove one of them",
  explanation:
    "Each value of an `enum` has one row of the table. A value written twice would have two, and one of them would never be trained.",
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
    vector: () => "remove `embed`; `dense(…)` in `net` changes its width",
    number: () =>
      "remove `embed`, or make categories of its values: `number |> quantiles(10) embed 4`, `int(a..b)`, `enum(…)`",
  },
);

export const transformOnIds = defineError<{ transform: string; feature: string; hasIds: boolean }>({
  code: "DIN0211",
  name: "transform-on-ids",
  message: ({ transform, feature, hasIds }) =>
    `\`${transform}\` transforms numbers, but \`${feature}\` ${hasIds ? "has ids" : "is a vector"}`,
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
    "Each transform is applied at most once: a second `standardize` changes nothing, and a second `log1p` is nearly always a slip.",
});

// ---- Bindings

export const unknownTarget = defineError<{ name: string }>({
  code: "DIN0213",
  name: "unknown-binding-target",
  message: ({ name }) => `there is no feature \`${name}\` to bind to`,
  help: () => "bind to a feature declared in `features item`",
  explanation:
    "Left of `<->` stands an item feature, right of it the history's column that holds ids of this feature.",
});

export const targetNotItem = defineError<{ name: string; scope: string }>({
  code: "DIN0214",
  name: "binding-target-not-item",
  message: ({ name, scope }) => `\`${name}\` is a ${scope} feature; a history is a sequence of items`,
  help: ({ name }) => `declare \`${name}\` in \`features item\`, or bind to an item feature`,
  explanation:
    "A history is a sequence of the items that a user met, so its columns hold ids of item features. This way past items and the candidate are compared in one space.",
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
      `give \`${feature}\` a width: \`embed 16\`; or look it up in a table of this place: \`embed(${field}, 16)\``,
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
      ? `if its values are those of \`${column}\`, bind the column that holds them: \`${column} <-> hist_${column}\``
      : "name the column that holds the sequence",
  explanation:
    "A feature has one value per row, a column of a history has a sequence. One column cannot be both.",
});

export const bindingWidth = defineError<{ column: string; given: number; target: string; width: number }>({
  code: "DIN0220",
  name: "binding-width-conflict",
  message: ({ column, given, target, width }) =>
    `\`${column}\` says width ${given}, but it shares the table of \`${target}\`, which is ${width} wide`,
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
    `\`${column}\` says vocabulary ${given}, one more than the ${size} ids of \`${target}\` whose table it shares`,
  help: () => "remove it: padding has its own id, which no vocabulary counts",
  explanation:
    "The padding id was counted as part of the vocabulary. In dinc, padding and unknown values have rows of their own before the first real id, so that no real id is ever taken for padding. The size counts real ids only.",
});

export const bindingVocabulary = defineError<{ column: string; given: string; target: string; kind: string }>(
  {
    code: "DIN0222",
    name: "binding-vocabulary-conflict",
    message: ({ column, given, target, kind }) =>
      `\`${column}\` says \`${given}\`, but it shares the vocabulary of \`${target}\`, which is \`${kind}\``,
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
      `\`${column}\` says \`${given}\` at another width, so it describes a table of its own, but is bound to \`${target}\` (\`${kind}\`)`,
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
    "Shared properties are stated once, at the feature. A copy would drift away with the next change.",
});

// ---- Histories

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
  explanation: "Neither the network nor a block that it uses calls it.",
});

export const unusedParameter = defineWarning<{ name: string; block: string }>({
  code: "DIN0231",
  name: "unused-parameter",
  message: ({ name, block }) => `\`${block}\` never uses its parameter \`${name}\``,
  help: () => "remove it, or call it `_…` to keep it on purpose",
  explanation: "The argument that callers pass for it has no effect on the result.",
});

// ---- Labels, predictions, the model as a whole

export const labelNeverPredicted = defineError<{ name: string }>({
  code: "DIN0232",
  name: "label-never-predicted",
  message: ({ name }) => `nothing predicts the label \`${name}\``,
  help: ({ name }) => `add \`predict ${name} = …\` to \`net\`, or remove the label`,
  explanation: "The network learns to predict its labels, so each label needs a `predict` of its name.",
});

export const unknownLabel = withHelps(
  defineError<{ name: string }>({
    code: "DIN0233",
    name: "unknown-label",
    message: ({ name }) => `there is no label \`${name}\``,
    explanation:
      "`predict` names the label that it is trained on. A weight in `train { loss … }` names the label whose loss it multiplies.",
  }),
  {
    declareIt: (label: string) => `declare it: \`label ${label} : binary\``,
  },
);

export const predictedTwice = defineError<{ name: string }>({
  code: "DIN0234",
  name: "predicted-twice",
  message: ({ name }) => `\`${name}\` is predicted twice`,
  help: () => "remove one of the two, or declare a second label",
  explanation: "A label has one prediction. With two, it would be unclear which one is served.",
});

export const withoutNet = defineError<Record<never, never>>({
  code: "DIN0235",
  name: "no-net",
  message: () => "the model has no `net`",
  help: () => "add `net { predict click = … }`",
  explanation: "`net { … }` says how the features become a prediction.",
});

export const withoutLabel = defineError<Record<never, never>>({
  code: "DIN0236",
  name: "no-label",
  message: () => "the model has no label to learn",
  help: () => "add one, like `label click : binary`",
  explanation: "`label click : binary` names the column with the outcome.",
});

export const withoutPrediction = defineError<{ label: string }>({
  code: "DIN0237",
  name: "no-prediction",
  message: () => "the `net` predicts nothing",
  help: ({ label }) => `add \`predict ${label} = …\``,
  explanation: "`predict click = …` defines the result of the network.",
});

/** What to do with a value that is not a probability: a vector, a logit, or one number that may be a logit. */
const TO_PROBABILITY = {
  wide: "add `|> dense(1) |> sigmoid`",
  logit: "add `|> sigmoid`",
  number:
    "a logit becomes a probability with `|> sigmoid`; of probabilities only `p * q` and `1 - p` are probabilities again, so mix two models by their logits: `sigmoid(0.5 * a + 0.5 * b)`",
} as const;

export const predictionNotProbability = defineError<{
  label: string;
  type: string;
  value: keyof typeof TO_PROBABILITY;
}>({
  code: "DIN0238",
  name: "prediction-not-a-probability",
  message: ({ label, type }) => `\`${label}\` is binary, so its prediction must be a Prob, not ${type}`,
  help: ({ value }) => TO_PROBABILITY[value],
  explanation:
    "The loss of a binary label is computed from the logit, the value before the `sigmoid`. Only `sigmoid` gives a Prob.",
});

export const predictionHasAxis = defineError<{ label: string; each: string; isList: boolean }>({
  code: "DIN0239",
  name: "prediction-has-axis",
  message: ({ label, each }) => `the prediction of \`${label}\` still has a value for each ${each}`,
  help: ({ isList }) =>
    isList
      ? "take one of them with `pick`, or reduce them with `sum`, `mean` or `max` before the last layers"
      : "reduce the steps with `sum`, `mean` or `max` before the last layers",
  explanation:
    "A row has one label, so its prediction is one number. Reduce the steps of a history or the elements of a list first.",
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
    "The settings are loss, optimizer, schedule, clip, regularize, batch, epochs, stop, metrics and seed.",
});

export const unknownChoice = defineError<{ setting: string; name: string }>({
  code: "DIN0245",
  name: "unknown-choice",
  message: ({ setting, name }) => `there is no ${setting} \`${name}\``,
  explanation:
    "Losses: binary_cross_entropy, focal. Optimizers: sgd, momentum, adam, adamw, adagrad, ftrl. Schedules: constant, linear, cosine, step, exponential. Clips: norm. Regularisers: mini_batch_aware, l2. Stops: early. Metrics: auc, gauc, pr_auc, log_loss, ece, accuracy, ndcg, hit_rate, mrr.",
});

export const duplicateSetting = defineError<{ name: string }>({
  code: "DIN0246",
  name: "duplicate-setting",
  message: ({ name }) => `\`${name}\` is set twice`,
  help: () => "remove one of them",
  explanation: "Otherwise one of the two would silently win.",
});

export const badSettingValue = defineError<{ name: string; expected: string; got: string }>({
  code: "DIN0247",
  name: "bad-setting-value",
  message: ({ name, expected, got }) => `\`${name}\` must be ${expected}, not ${got}`,
  explanation: "The value has the wrong type, or training cannot run with it.",
});

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
    features: (names: readonly string[]) => `user features with ids: ${names.join(", ")}`,
  },
);

export const duplicateMetric = defineWarning<{ name: string }>({
  code: "DIN0250",
  name: "duplicate-metric",
  message: ({ name }) => `\`${name}\` is listed twice`,
  help: () => "remove one of them",
  explanation: "It would be computed and printed once.",
});

export const reservedName = defineError<{ name: string; what: "block" | "param" }>({
  code: "DIN0251",
  name: "reserved-name",
  message: ({ name }) => `\`${name}\` is built in and cannot be declared`,
  help: ({ what }) => `give the ${what} another name`,
  explanation: "A block of that name would change its meaning in every other block.",
});
