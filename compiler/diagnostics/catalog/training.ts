// Catalogue: predictions, losses, and layers that differ between training and inference.

import { defineError, withHelps } from "./define.ts";

export const badWeight = withHelps(
  defineError<{ of: string; got: string }>({
    code: "DIN0421",
    name: "bad-loss-weight",
    message: ({ of, got }) => `the weight of \`${of}\` must be a number that is at least 0, not ${got}`,
    explanation:
      "Each loss is multiplied by its weight before the losses are added. A loss with weight 0 is measured but trains nothing. A negative weight would reverse the training.",
  }),
  {
    orRemoveLoss: () => "write a number such as 0.5, or a value of each row",
  },
);

export const lossHasAxis = defineError<{ loss: string; axis: string }>({
  code: "DIN0422",
  name: "loss-has-axis",
  message: ({ loss, axis }) =>
    `the loss \`${loss}\` varies along \`${axis}\`, but a loss is one number for each example`,
  help: () => "take the mean of its steps: `mean(…)`",
  explanation:
    "A loss is averaged over the examples of a batch, so each example has one. Decide how steps count: by their mean, or by their sum, which gives long histories more weight.",
});

export const lossNotOneNumber = withHelps(
  defineError<{ loss: string; type: string }>({
    code: "DIN0423",
    name: "loss-not-one-number",
    message: ({ loss, type }) =>
      `the loss \`${loss}\` must be a Vec[1], but this is ${/^[AEIOU]/.test(type) ? "an" : "a"} ${type}`,
    explanation:
      "A loss is one number per example, the smaller the better: `log_loss(logits, truth)`, a square, a distance. A probability is not a loss, because it does not say whether it should be near 0 or near 1.",
  }),
  {
    fromFeatures: () => "compute it from features, for example as `log_loss(logit, 1)`",
    ofProbability: () =>
      "say what the probability should be: `log_loss(logit, 1)`, with the value before its `sigmoid`",
    meanOfElements: () => "take the mean of its elements: `mean(…)`",
    total: () => "add up its numbers with `total`",
  },
);

export const shuffledOutsideLoss = withHelps(
  defineError<{ callee: string }>({
    code: "DIN0424",
    name: "shuffled-outside-loss",
    message: ({ callee }) => `\`${callee}\` can only be used in a \`loss\``,
    help: () =>
      "move it into a `loss` statement, `loss next(weight: 0.5) = …`, or into a `let` that only losses read",
    explanation:
      "`shuffled` and `batch` take values of other examples of the batch. In a loss, these serve as negatives. A prediction computed from them would depend on the other rows that are scored, and serving has no batch. `frequency` is counted on the training rows to correct losses by it. A network that predicts from it would know less about new items each day; give it the present count as a column.",
  }),
  {
    popularity: (name: string) =>
      `it corrects losses for popular items; to predict from popularity, declare a column with it: \`${name} : number |> log1p\``,
  },
);

export const truthOutOfRange = defineError<{ got: string }>({
  code: "DIN0425",
  name: "truth-out-of-range",
  message: ({ got }) => `the truth of \`log_loss\` is a number from 0 to 1, not ${got}`,
  explanation:
    "`log_loss(logits, truth)` is the cross-entropy between the truth (the wanted probability) and the sigmoid of the logits. Outside 0 to 1 the truth is not a probability, and the loss has no minimum.",
});

export const badDropoutRate = defineError<{ callee: string; got: string; share: number | null }>({
  code: "DIN0426",
  name: "bad-dropout-rate",
  message: ({ callee, got }) => `the rate of \`${callee}\` must be a number from 0 to below 1, not ${got}`,
  help: ({ share }) => (share === null ? null : `write a share, not a percentage: ${share}`),
  explanation:
    "The rate is the share of numbers that a training step drops (of vectors, for `vector_dropout`). The remaining numbers are divided by 1 − rate, so that sums keep their size. A rate of 1 would drop everything, and rates are not percentages.",
});

export const oneNumberNormalized = defineError<Record<string, never>>({
  code: "DIN0427",
  name: "one-number-normalized",
  message: () => "`layer_norm` of one number is constant",
  help: () => "remove it, or normalize before the vector becomes one number",
  explanation:
    "`layer_norm` subtracts the mean of a vector from it. A single number is its own mean, so the result would always be 0. `batch_norm` normalizes a number over the examples of the batch.",
});

export const badMomentum = defineError<{ callee: string; got: string; kept: number | null }>({
  code: "DIN0446",
  name: "bad-momentum",
  message: ({ callee, got }) =>
    `the momentum of \`${callee}\` must be a number from 0.5 to below 1, not ${got}`,
  help: ({ kept }) =>
    kept === null
      ? "write the share of the old averages that each batch keeps, such as 0.9"
      : `write the share of the old averages that each batch keeps: ${kept}, if the number comes from PyTorch, where it is the share of the batch`,
  explanation:
    "In predictions, moving averages replace a batch statistic: average ← momentum · average + (1 − momentum) · batch, here as in Keras, Flax, MXNet and ONNX. PyTorch uses the opposite share as momentum: its 0.1 is 0.9 here. So a number below 0.5 most likely comes from PyTorch; here it would average fewer than two batches. 0.9 averages about ten batches, 0.99 about a hundred; a momentum of 1 would never follow the network.",
});

// ---- Settings of `train`

export const l2WithoutName = defineError<{ got: string }>({
  code: "DIN0431",
  name: "l2-without-name",
  message: ({ got }) => `the strength ${got} of \`l2\` must say whether it is for layers or tables`,
  help: () => "name them: `l2(dense: 1e-5, tables: 1e-6)`",
  explanation:
    "Layers and tables differ in size and in the number of examples they see, so a strength that suits one does not suit the other. `l2(dense: 1e-5, tables: 1e-6)` names both. A part that is not named is not regularised.",
});

export const tablesRegularizedTwice = defineError<Record<string, never>>({
  code: "DIN0432",
  name: "tables-regularized-twice",
  message: () => "`l2` and `mini_batch_aware` both regularise the tables",
  help: () => "keep one of the two: leave `tables` out, or `mini_batch_aware`",
  explanation:
    "Both add λ times a row to the gradient of each row in the batch. `l2` uses the same λ for all rows. `mini_batch_aware` divides λ by how often the id occurs (DIN, section 5.1), because a plain λ would reduce the vector of a frequent id in every batch. Used together, the two would have no clear meaning. `l2(dense: …)` beside `mini_batch_aware` is fine.",
});

export const rowsWithoutEffect = withHelps(
  defineError<{ in: string }>({
    code: "DIN0455",
    name: "rows-without-effect",
    message: ({ in: name }) => `\`rows\` changes nothing in \`${name}\``,
    explanation:
      "With `rows: all` each step changes all rows of a table, and not only those of the batch. `sgd`, `adagrad` and `ftrl` leave a row without a gradient as it is, so for them both are the same. `momentum`, `adam`, `adamw` and `grda` have the option, and so has `l2(tables: …)`, which gives each row a gradient. `l2(dense: …)` is about layers, which have no rows.",
  }),
  {
    exact: () => "remove it: a row without a gradient stays as it is",
    ofTables: () => "name the strength for tables too: `l2(tables: 1e-6, rows: all)`",
  },
);

export const pullOfBatchRows = withHelps(
  defineError<{ pull: string; optimizer: string }>({
    code: "DIN0456",
    name: "pull-of-batch-rows",
    message: ({ pull, optimizer }) =>
      `\`${pull}\` is for the rows of a batch, but \`${optimizer}\` changes all rows`,
    explanation:
      "`adam(rows: all)` changes each row of a table in each step. A pull that only reaches the rows of the batch would move them in another way than all others, as no library does. `l2(tables: λ, rows: all)` pulls all rows: it is λ/2·‖W‖² in the loss, as FuxiCTR's `embedding_regularizer`. `mini_batch_aware` is for the rows of the batch by its definition.",
  }),
  {
    all: () => "write `rows: all` there too",
    aware: () => "use `l2(tables: …, rows: all)`, or leave out `rows: all` at the optimizer",
  },
);

export const stopMetricNotMeasured = withHelps(
  defineError<{ setting: string; metric: string }>({
    code: "DIN0433",
    name: "stop-metric-not-measured",
    message: ({ setting, metric }) =>
      `\`${setting}\` compares epochs by \`${metric}\`, which is not measured`,
    explanation:
      "An early stop and a plateau compare epochs by `metrics`, so the table and curves of the training show the reason for a stop or a lower rate.",
  }),
  {
    measured: (metrics: readonly string[]) =>
      `add it to \`metrics\`, or compare epochs by one of these: ${metrics.join(", ")}`,
  },
);

export const metricsOfTwoDirections = defineError<{ sum: string; against: string; better: string }>({
  code: "DIN0354",
  name: "metrics-of-two-directions",
  message: ({ sum, against, better }) =>
    `\`${sum}\` has terms of two directions: \`${against}\` is better when it is ${better}`,
  help: () => "subtract metrics of one direction from those of the other",
  explanation:
    "A sum of metrics compares epochs, so all of its terms must become better in one direction: AUC when it is higher, log loss when it is lower. `auc + log_loss` would count a higher log loss as a gain. `auc - log_loss` is better when it is higher, and `log_loss - auc` when it is lower.",
});

export const metricsOfNoLabel = defineError<{ sum: string }>({
  code: "DIN0355",
  name: "metrics-of-no-label",
  message: ({ sum }) => `no label has all metrics of \`${sum}\``,
  help: () => "add metrics of one label only",
  explanation:
    "A sum of metrics compares epochs by the predictions of one label. `auc` measures binary labels and `rmse` numbers, so no label has both.",
});
