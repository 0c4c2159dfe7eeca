// What the checker says about declarations: features, bindings, histories, labels, predictions and settings.
// Codes DIN0200–DIN0259; what it says about expressions is in expressions.ts.

import { defineError, defineWarning } from "./define.ts";

// ---- Declarations

export const duplicateDeclaration = defineError<{ name: string }>({
  code: "DIN0201",
  name: "duplicate-declaration",
  message: ({ name }) => `\`${name}\` is declared twice`,
  explanation:
    "Features, histories, labels, blocks and the `let`s of `net` share one name space, so that a name in the network can mean only one thing.",
});

export const unknownKind = defineError<{ what: string; name: string }>({
  code: "DIN0202",
  name: "unknown-kind",
  message: ({ what, name }) => `there is no ${what} \`${name}\``,
  explanation:
    "A feature is `id` (vocabulary learned from the training rows), `id(size: n)`, `enum(…)`, `int(a..b)` or `number`; a label is `binary`.",
});

export const unknownOption = defineError<{ option: string; of: string }>({
  code: "DIN0203",
  name: "unknown-option",
  message: ({ option, of }) => `\`${of}\` has no option \`${option}\``,
  explanation: "Every kind has its own options; a misspelt one would silently change nothing.",
});

export const unknownTransform = defineError<{ name: string }>({
  code: "DIN0204",
  name: "unknown-transform",
  message: ({ name }) => `there is no transform \`${name}\``,
  explanation:
    "Numbers are prepared by `log1p` (ln(1 + x)), `standardize` (mean 0 and deviation 1 on the training rows), `min_max` (0 to 1 on the training rows) and `clip(a, b)`, in the order in which they stand. `buckets(…)` and `quantiles(n)` come last and give ids.",
});

export const badOptionValue = defineError<{ option: string; of: string; expected: string; got: string }>({
  code: "DIN0205",
  name: "bad-option-value",
  message: ({ option, of, expected, got }) => `${option} of \`${of}\` must be ${expected}, not ${got}`,
  explanation: "The value has the wrong type or lies outside of what the option can mean.",
});

export const emptyEnum = defineError<Record<never, never>>({
  code: "DIN0206",
  name: "empty-enum",
  message: () => "an `enum` needs at least one value",
  explanation:
    "An `enum` lists the values that the column may take; without any, every row would be an error.",
});

export const duplicateEnumValue = defineError<{ value: string }>({
  code: "DIN0207",
  name: "duplicate-enum-value",
  message: ({ value }) => `the \`enum\` lists ${value} twice`,
  explanation:
    "Each value of an `enum` gets one row of the table; a value written twice would get two, one of them never trained.",
});

export const rangeReversed = defineError<{ low: number; high: number }>({
  code: "DIN0208",
  name: "range-reversed",
  message: ({ low, high }) => `the range ${low}..${high} is empty`,
  explanation: "A range names its smallest value first; both ends are included.",
});

export const badEmbed = defineError<{ got: string }>({
  code: "DIN0209",
  name: "bad-embed-width",
  message: ({ got }) => `the width of an embedding must be a whole number from 1 to 1000000, not ${got}`,
  explanation: "`embed n` gives every id a learned vector of n numbers.",
});

export const embedOnNumber = defineError<{ feature: string; what: string }>({
  code: "DIN0210",
  name: "embed-on-number",
  message: ({ feature, what }) => `\`${feature}\` is ${what} and cannot be embedded`,
  explanation:
    "An embedding is a table with one row for each id. A number or a vector has no ids: it enters the network as itself, a number as a Vec[1]. `buckets(…)` and `quantiles(n)` make ids of it.",
});

export const transformOnIds = defineError<{ transform: string; feature: string; has: string }>({
  code: "DIN0211",
  name: "transform-on-ids",
  message: ({ transform, feature, has }) => `\`${transform}\` transforms numbers, but \`${feature}\` ${has}`,
  explanation:
    "Ids are names without an order or a size; taking their logarithm or mean says nothing. The numbers of a vector belong together: what gave them scaled them already.",
});

export const duplicateTransform = defineError<{ transform: string }>({
  code: "DIN0212",
  name: "duplicate-transform",
  message: ({ transform }) => `\`${transform}\` is applied twice`,
  explanation:
    "Each transform is applied at most once: a second `standardize` changes nothing, a second `log1p` is nearly always a slip.",
});

// ---- Bindings

export const unknownTarget = defineError<{ name: string }>({
  code: "DIN0213",
  name: "unknown-binding-target",
  message: ({ name }) => `there is no feature \`${name}\` to bind to`,
  explanation:
    "On the left of `<->` stands the item feature whose ids the column holds; on the right the column of the history.",
});

export const targetNotItem = defineError<{ name: string; scope: string }>({
  code: "DIN0214",
  name: "binding-target-not-item",
  message: ({ name, scope }) => `\`${name}\` is a ${scope} feature; a history is a sequence of items`,
  explanation:
    "A history lists items the user met, so its columns hold ids of item features: the candidate and the past are then compared in one space.",
});

export const targetNotEmbedded = defineError<{ name: string }>({
  code: "DIN0216",
  name: "binding-target-not-embedded",
  message: ({ name }) => `\`${name}\` has no embedding that the history could share`,
  explanation:
    "A history's field is its target's vectors, from the target's table. A target without `embed` has no such table; its ids can only be looked up in tables that the network declares, with `weight(clicks.item_id)` and `embed(clicks.item_id, 16)`.",
});

export const columnBoundTwice = defineError<{ column: string }>({
  code: "DIN0217",
  name: "column-bound-twice",
  message: ({ column }) => `the column \`${column}\` is two fields at once`,
  explanation:
    "A column holds ids of one feature; bound to two, one of the two tables would be read with ids of the other. Two histories may read the same column as the same thing: a long and a short past.",
});

export const columnIsFeature = defineError<{ column: string }>({
  code: "DIN0219",
  name: "column-is-feature",
  message: ({ column }) => `\`${column}\` is a history's column and a feature at once`,
  explanation:
    "A feature has one value a row, a history's column a sequence of them; the same column cannot be both.",
});

export const bindingWidth = defineError<{ column: string; given: number; target: string; width: number }>({
  code: "DIN0220",
  name: "binding-width-conflict",
  message: ({ column, given, target, width }) =>
    `\`${column}\` says width ${given}, but it shares the table of \`${target}\`, which is ${width} wide`,
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
  explanation:
    "The padding id was counted into the vocabulary. In dinc padding and unknown values have rows of their own before the first real id, so that no real id is ever mistaken for padding, and the size is the number of real ids.",
});

export const bindingVocabulary = defineError<{ column: string; given: string; target: string; kind: string }>(
  {
    code: "DIN0222",
    name: "binding-vocabulary-conflict",
    message: ({ column, given, target, kind }) =>
      `\`${column}\` says \`${given}\`, but it shares the vocabulary of \`${target}\`, which is \`${kind}\``,
    explanation:
      "`<->` shares one vocabulary: the same text must be the same id on both sides, or the history points at other items.",
  },
);

export const bindingOtherTable = defineError<{ column: string; given: string; target: string; kind: string }>(
  {
    code: "DIN0223",
    name: "binding-describes-another-table",
    message: ({ column, given, target, kind }) =>
      `\`${column}\` says \`${given}\` at another width, so it describes a table of its own, but is bound to \`${target}\` (\`${kind}\`)`,
    explanation:
      "Vocabulary and width both differ from the target's. Either the column is meant to share the table, then neither belongs here; or it is meant to have its own, then it must not be bound.",
  },
);

export const bindingRepeats = defineWarning<{ column: string; what: string; target: string }>({
  code: "DIN0224",
  name: "binding-repeats-target",
  message: ({ column, what, target }) => `\`${column}\` repeats the ${what} it shares with \`${target}\``,
  explanation:
    "What is shared is said once, at the feature. Said twice, the two drift apart with the next change.",
});

// ---- Histories

export const historyWithoutMax = defineError<{ name: string }>({
  code: "DIN0225",
  name: "history-without-max",
  message: ({ name }) => `\`${name}\` does not say how many steps it keeps`,
  explanation:
    "A history keeps its latest `max` steps, in training and in serving alike; without a limit one user could stall a request.",
});

export const emptyHistory = defineError<{ name: string }>({
  code: "DIN0226",
  name: "empty-history",
  message: ({ name }) => `\`${name}\` has no columns`,
  explanation: "A history is made of columns bound to item features: `item_id <-> hist_item_id`.",
});

// ---- Unused

export const unusedFeature = defineWarning<{ name: string }>({
  code: "DIN0227",
  name: "unused-feature",
  message: ({ name }) => `\`${name}\` is never used`,
  explanation:
    "The network does not read it, no history is bound to it and no metric groups by it, so it changes nothing.",
});

export const unusedHistory = defineWarning<{ name: string }>({
  code: "DIN0228",
  name: "unused-history",
  message: ({ name }) => `the history \`${name}\` is never used`,
  explanation: "The network does not read it, so the model knows nothing of what the user did.",
});

export const unusedLet = defineWarning<{ name: string }>({
  code: "DIN0229",
  name: "unused-let",
  message: ({ name }) => `\`${name}\` is computed but never used`,
  explanation: "No prediction depends on it, so it is neither trained nor served.",
});

export const unusedBlock = defineWarning<{ name: string }>({
  code: "DIN0230",
  name: "unused-block",
  message: ({ name }) => `the block \`${name}\` is never used`,
  explanation: "Neither the network nor a block that it uses calls it.",
});

export const unusedParameter = defineWarning<{ name: string; block: string }>({
  code: "DIN0231",
  name: "unused-parameter",
  message: ({ name, block }) => `\`${block}\` never uses its parameter \`${name}\``,
  explanation: "What callers pass for it has no effect on the result.",
});

// ---- Labels, predictions, the model as a whole

export const labelNeverPredicted = defineError<{ name: string }>({
  code: "DIN0232",
  name: "label-never-predicted",
  message: ({ name }) => `nothing predicts the label \`${name}\``,
  explanation: "A label is what the network learns to predict; it needs a `predict` of its name.",
});

export const unknownLabel = defineError<{ name: string }>({
  code: "DIN0233",
  name: "unknown-label",
  message: ({ name }) => `there is no label \`${name}\``,
  explanation:
    "`predict` names the label it is trained on, and a weight in `train { loss … }` the label whose loss it multiplies.",
});

export const predictedTwice = defineError<{ name: string }>({
  code: "DIN0234",
  name: "predicted-twice",
  message: ({ name }) => `\`${name}\` is predicted twice`,
  explanation: "A label has one prediction; it would be unclear which of two is served.",
});

export const withoutNet = defineError<Record<never, never>>({
  code: "DIN0235",
  name: "no-net",
  message: () => "the model has no `net`",
  explanation: "`net { … }` says how the features become a prediction.",
});

export const withoutLabel = defineError<Record<never, never>>({
  code: "DIN0236",
  name: "no-label",
  message: () => "the model has no label to learn",
  explanation: "`label click : binary` names the column that holds what happened.",
});

export const withoutPrediction = defineError<Record<never, never>>({
  code: "DIN0237",
  name: "no-prediction",
  message: () => "the `net` predicts nothing",
  explanation: "`predict click = …` says what the network's result is.",
});

export const predictionNotProbability = defineError<{ label: string; type: string }>({
  code: "DIN0238",
  name: "prediction-not-a-probability",
  message: ({ label, type }) => `\`${label}\` is binary, so its prediction must be a Prob, not ${type}`,
  explanation:
    "The loss of a binary label is computed from the logit behind a `sigmoid`; only `sigmoid` gives a Prob.",
});

export const predictionHasAxis = defineError<{ label: string; each: string }>({
  code: "DIN0239",
  name: "prediction-has-axis",
  message: ({ label, each }) => `the prediction of \`${label}\` still has a value for each ${each}`,
  explanation:
    "A row has one label, so its prediction is one number: the steps of a history, or the elements of a list, must be reduced first.",
});

export const withoutName = defineError<Record<never, never>>({
  code: "DIN0240",
  name: "model-without-name",
  message: () => "the file does not say which model it is",
  explanation: "A spec opens with `model name`; runs and generated code are named after it.",
});

export const itemRepeated = defineError<{ item: string }>({
  code: "DIN0241",
  name: "item-repeated",
  message: ({ item }) => `a model has one \`${item}\`, this is a second`,
  explanation: "With two it would be unclear which one counts.",
});

export const notSnakeCase = defineWarning<{ name: string }>({
  code: "DIN0242",
  name: "not-snake-case",
  message: ({ name }) => `\`${name}\` is not written in snake_case`,
  explanation:
    "Names in a spec are lower case with underscores, so that they read alike in columns, weights and generated code.",
});

export const predictionIgnoresCandidate = defineWarning<{ label: string }>({
  code: "DIN0243",
  name: "prediction-ignores-candidate",
  message: ({ label }) => `the prediction of \`${label}\` does not depend on any item feature`,
  explanation: "Every candidate of a request gets the same score, so the model cannot rank them.",
});

// ---- Training settings

export const unknownSetting = defineError<{ name: string }>({
  code: "DIN0244",
  name: "unknown-setting",
  message: ({ name }) => `\`train\` has no setting \`${name}\``,
  explanation:
    "Settings are loss, optimizer, schedule, clip, regularize, batch, epochs, stop, metrics and seed.",
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
  explanation: "The second would silently win or lose.",
});

export const badSettingValue = defineError<{ name: string; expected: string; got: string }>({
  code: "DIN0247",
  name: "bad-setting-value",
  message: ({ name, expected, got }) => `\`${name}\` must be ${expected}, not ${got}`,
  explanation: "The value has the wrong type or training could not run with it.",
});

export const groupByUnknown = defineError<{ name: string }>({
  code: "DIN0248",
  name: "group-by-unknown-feature",
  message: ({ name }) => `there is no feature \`${name}\` to group by`,
  explanation:
    "GAUC is the AUC within each group, averaged, as NDCG, hit rate and MRR are computed for each group; `by` names the feature whose values are the groups.",
});

export const groupByNotUser = defineError<{ metric: string; name: string; scope: string }>({
  code: "DIN0249",
  name: "group-by-not-user",
  message: ({ metric, name, scope }) => `\`${metric}\` groups by the user, but \`${name}\` is ${scope}`,
  explanation:
    "GAUC, NDCG, hit rate and MRR ask how well the candidates of one user are ordered (Zhu et al., KDD 2017), so they group by a user feature with ids. What identifies a request is one too: it is the same for all of the request's candidates.",
});

export const duplicateMetric = defineWarning<{ name: string }>({
  code: "DIN0250",
  name: "duplicate-metric",
  message: ({ name }) => `\`${name}\` is listed twice`,
  explanation: "It would be computed and printed once anyway.",
});

export const reservedName = defineError<{ name: string }>({
  code: "DIN0251",
  name: "reserved-name",
  message: ({ name }) => `\`${name}\` is built in and cannot be declared`,
  explanation: "A block of that name would change what every other block means by it.",
});
