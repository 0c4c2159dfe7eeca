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
      "A feature is `id` (vocabulary learned from the training rows), `id(size: n)`, `enum(…)`, `int(a..b)` or `number`; a label is `binary`.",
  }),
  {
    labelKinds: () => "labels are `binary`: 0 or 1",
  },
);

export const unknownOption = withHelps(
  defineError<{ option: string; of: string }>({
    code: "DIN0203",
    name: "unknown-option",
    message: ({ option, of }) => `\`${of}\` has no option \`${option}\``,
    explanation: "Every kind has its own options; a misspelt one would silently change nothing.",
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
    "Numbers are prepared by `log1p` (ln(1 + x)), `standardize` (mean 0 and deviation 1 on the training rows), `min_max` (0 to 1 on the training rows) and `clip(a, b)`, in the order in which they stand. `buckets(…)` and `quantiles(n)` come last and give ids.",
});

export const badOptionValue = withHelps(
  defineError<{ option: string; of: string; expected: string; got: string }>({
    code: "DIN0205",
    name: "bad-option-value",
    message: ({ option, of, expected, got }) => `${option} of \`${of}\` must be ${expected}, not ${got}`,
    explanation: "The value has the wrong type or lies outside of what the option can mean.",
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
  explanation:
    "An `enum` lists the values that the column may take; without any, every row would be an error.",
});

export const duplicateEnumValue = defineError<{ value: string }>({
  code: "DIN0207",
  name: "duplicate-enum-value",
  message: ({ value }) => `the \`enum\` lists ${value} twice`,
  help: () => "remove one of them",
  explanation:
    "Each value of an `enum` gets one row of the table; a value written twice would get two, one of them never trained.",
});

export const rangeReversed = defineError<{ low: number; high: number }>({
  code: "DIN0208",
  name: "range-reversed",
  message: ({ low, high }) => `the range ${low}..${high} is empty`,
  help: ({ low, high }) => `write the lower end first: ${high}, then ${low}`,
  explanation: "A range names its smallest value first; both ends are included.",
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
      "An embedding is a table with one row for each id. A number or a vector has no ids: it enters the network as itself, a number as a Vec[1]. `buckets(…)` and `quantiles(n)` make ids of it.",
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
    "Ids are names without an order or a size; taking their logarithm or mean says nothing. The numbers of a vector belong together: what gave them scaled them already.",
});

export const duplicateTransform = defineError<{ transform: string }>({
  code: "DIN0212",
  name: "duplicate-transform",
  message: ({ transform }) => `\`${transform}\` is applied twice`,
  help: () => "remove one of them",
  explanation:
    "Each transform is applied at most once: a second `standardize` changes nothing, a second `log1p` is nearly always a slip.",
});

// ---- Bindings

export const unknownTarget = defineError<{ name: string }>({
  code: "DIN0213",
  name: "unknown-binding-target",
  message: ({ name }) => `there is no feature \`${name}\` to bind to`,
  help: () => "bind to a feature declared in `features item`",
  explanation:
    "On the left of `<->` stands the item feature whose ids the column holds; on the right the column of the history.",
});

export const targetNotItem = defineError<{ name: string; scope: string }>({
  code: "DIN0214",
  name: "binding-target-not-item",
  message: ({ name, scope }) => `\`${name}\` is a ${scope} feature; a history is a sequence of items`,
  help: ({ name }) => `declare \`${name}\` in \`features item\`, or bind to an item feature`,
  explanation:
    "A history lists items the user met, so its columns hold ids of item features: the candidate and the past are then compared in one space.",
});

export const targetNotEmbedded = withHelps(
  defineError<{ name: string }>({
    code: "DIN0216",
    name: "binding-target-not-embedded",
    message: ({ name }) => `\`${name}\` has no embedding that the history could share`,
    explanation:
      "A history's field is its target's vectors, from the target's table. A target without `embed` has no such table; its ids can only be looked up in tables that the network declares, with `weight(clicks.item_id)` and `embed(clicks.item_id, 16)`.",
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
  message: ({ column }) => `the column \`${column}\` is two fields at once`,
  help: () => "each field needs a column of its own",
  explanation:
    "A column holds ids of one feature; bound to two, one of the two tables would be read with ids of the other. Two histories may read the same column as the same thing: a long and a short past.",
});

export const columnIsFeature = defineError<{ column: string; isItem: boolean }>({
  code: "DIN0219",
  name: "column-is-feature",
  message: ({ column }) => `\`${column}\` is a history's column and a feature at once`,
  help: ({ column, isItem }) =>
    isItem
      ? `if its values are those of \`${column}\`, bind the column that holds them: \`${column} <-> hist_${column}\``
      : "name the column that holds the sequence",
  explanation:
    "A feature has one value a row, a history's column a sequence of them; the same column cannot be both.",
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
    "The padding id was counted into the vocabulary. In dinc padding and unknown values have rows of their own before the first real id, so that no real id is ever mistaken for padding, and the size is the number of real ids.",
});

export const bindingVocabulary = defineError<{ column: string; given: string; target: string; kind: string }>(
  {
    code: "DIN0222",
    name: "binding-vocabulary-conflict",
    message: ({ column, given, target, kind }) =>
      `\`${column}\` says \`${given}\`, but it shares the vocabulary of \`${target}\`, which is \`${kind}\``,
    help: () => "remove it: the vocabulary is given once, at the feature",
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
    help: () =>
      "remove kind and width to share the table; or declare an item feature of this kind and width and bind to that",
    explanation:
      "Vocabulary and width both differ from the target's. Either the column is meant to share the table, then neither belongs here; or it is meant to have its own, then it must not be bound.",
  },
);

export const bindingRepeats = defineWarning<{ column: string; what: string; target: string }>({
  code: "DIN0224",
  name: "binding-repeats-target",
  message: ({ column, what, target }) => `\`${column}\` repeats the ${what} it shares with \`${target}\``,
  help: () => "remove it",
  explanation:
    "What is shared is said once, at the feature. Said twice, the two drift apart with the next change.",
});

// ---- Histories

export const historyWithoutMax = defineError<{ name: string }>({
  code: "DIN0225",
  name: "history-without-max",
  message: ({ name }) => `\`${name}\` does not say how many steps it keeps`,
  help: ({ name }) => `write \`history ${name}(max: 50)\``,
  explanation:
    "A history keeps its latest `max` steps, in training and in serving alike; without a limit one user could stall a request.",
});

export const emptyHistory = defineError<{ name: string }>({
  code: "DIN0226",
  name: "empty-history",
  message: ({ name }) => `\`${name}\` has no columns`,
  help: () => "bind a column to an item feature: `item_id <-> hist_item_id`",
  explanation: "A history is made of columns bound to item features: `item_id <-> hist_item_id`.",
});

// ---- Unused

export const unusedFeature = defineWarning<{ name: string }>({
  code: "DIN0227",
  name: "unused-feature",
  message: ({ name }) => `\`${name}\` is never used`,
  help: () => "use it in `net`, or remove it",
  explanation:
    "The network does not read it, no history is bound to it and no metric groups by it, so it changes nothing.",
});

export const unusedHistory = defineWarning<{ name: string }>({
  code: "DIN0228",
  name: "unused-history",
  message: ({ name }) => `the history \`${name}\` is never used`,
  help: ({ name }) => `use \`${name}\` in \`net\`, or remove it`,
  explanation: "The network does not read it, so the model knows nothing of what the user did.",
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
  explanation: "What callers pass for it has no effect on the result.",
});

// ---- Labels, predictions, the model as a whole

export const labelNeverPredicted = defineError<{ name: string }>({
  code: "DIN0232",
  name: "label-never-predicted",
  message: ({ name }) => `nothing predicts the label \`${name}\``,
  help: ({ name }) => `add \`predict ${name} = …\` to \`net\`, or remove the label`,
  explanation: "A label is what the network learns to predict; it needs a `predict` of its name.",
});

export const unknownLabel = withHelps(
  defineError<{ name: string }>({
    code: "DIN0233",
    name: "unknown-label",
    message: ({ name }) => `there is no label \`${name}\``,
    explanation:
      "`predict` names the label it is trained on, and a weight in `train { loss … }` the label whose loss it multiplies.",
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
  explanation: "A label has one prediction; it would be unclear which of two is served.",
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
  explanation: "`label click : binary` names the column that holds what happened.",
});

export const withoutPrediction = defineError<{ label: string }>({
  code: "DIN0237",
  name: "no-prediction",
  message: () => "the `net` predicts nothing",
  help: ({ label }) => `add \`predict ${label} = …\``,
  explanation: "`predict click = …` says what the network's result is.",
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
    "The loss of a binary label is computed from the logit behind a `sigmoid`; only `sigmoid` gives a Prob.",
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
    "A row has one label, so its prediction is one number: the steps of a history, or the elements of a list, must be reduced first.",
});

export const withoutName = defineError<Record<never, never>>({
  code: "DIN0240",
  name: "model-without-name",
  message: () => "the file does not say which model it is",
  help: () => "begin the file with `model` and a name",
  explanation: "A spec opens with `model name`; runs and generated code are named after it.",
});

export const itemRepeated = defineError<{ item: string }>({
  code: "DIN0241",
  name: "item-repeated",
  message: ({ item }) => `a model has one \`${item}\`, this is a second`,
  help: () => "join the two",
  explanation: "With two it would be unclear which one counts.",
});

export const notSnakeCase = defineWarning<{ name: string; better: string }>({
  code: "DIN0242",
  name: "not-snake-case",
  message: ({ name }) => `\`${name}\` is not written in snake_case`,
  help: ({ better }) => `call it \`${better}\``,
  explanation:
    "Names in a spec are lower case with underscores, so that they read alike in columns, weights and generated code.",
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
  help: () => "remove one of them",
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

export const groupByNotUser = withHelps(
  defineError<{ metric: string; name: string; scope: string }>({
    code: "DIN0249",
    name: "group-by-not-user",
    message: ({ metric, name, scope }) => `\`${metric}\` groups by the user, but \`${name}\` is ${scope}`,
    explanation:
      "GAUC, NDCG, hit rate and MRR ask how well the candidates of one user are ordered (Zhu et al., KDD 2017), so they group by a user feature with ids. What identifies a request is one too: it is the same for all of the request's candidates.",
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
  explanation: "It would be computed and printed once anyway.",
});

export const reservedName = defineError<{ name: string; what: "block" | "param" }>({
  code: "DIN0251",
  name: "reserved-name",
  message: ({ name }) => `\`${name}\` is built in and cannot be declared`,
  help: ({ what }) => `give the ${what} another name`,
  explanation: "A block of that name would change what every other block means by it.",
});
