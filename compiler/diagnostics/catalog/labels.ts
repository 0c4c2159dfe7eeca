// Catalogue: labels that are not binary, with their predictions, losses and metrics.

import { defineError, withHelps } from "./define.ts";

export const predictionNotNumber = withHelps(
  defineError<{ label: string; type: string }>({
    code: "DIN0690",
    name: "prediction-not-a-number",
    message: ({ label, type }) => `\`${label}\` is a number, so its prediction must be a Vec[1], not ${type}`,
    explanation:
      "A number is predicted by one number: `… |> dense(1)`, or `… |> dense(1) |> exp` for an amount above 0. A Prob is between 0 and 1; for labels that are shares from 0 to 1, use `binary(soft)`.",
  }),
  {
    oneUnit: () => "end with `|> dense(1)`",
    ofProbability: () =>
      "leave the `sigmoid` out; for an amount above 0 end with `exp`, and for a share from 0 to 1 write `binary(soft)` for the label",
    ofClasses: () => "leave the `softmax` out and end with `dense(1)`",
  },
);

export const predictionNotClasses = withHelps(
  defineError<{ label: string; classes: number; type: string }>({
    code: "DIN0691",
    name: "prediction-not-of-classes",
    message: ({ label, classes, type }) =>
      `\`${label}\` has ${classes} classes, so its prediction must be Classes[${classes}], not ${type}`,
    explanation:
      "The prediction of a label with classes has a probability for each of them: `… |> dense(5) |> softmax` for five. The loss is computed from the numbers before the `softmax`, so it stays exact when the model is certain.",
  }),
  {
    end: (classes: number) => `end with \`|> dense(${classes}) |> softmax\``,
    softmax: () => "add `|> softmax`",
    insteadOf: (activation: string) => `end with \`softmax\` instead of \`${activation}\``,
  },
);

export const metricFitsNoLabel = defineError<{ metric: string; labels: string; fitting: readonly string[] }>({
  code: "DIN0692",
  name: "metric-fits-no-label",
  message: ({ metric, labels }) => `\`${metric}\` measures no label of this model: ${labels}`,
  help: ({ fitting }) => `these fit: ${fitting.join(", ")}`,
  explanation:
    "A metric measures the labels of the kinds that it fits: `auc` and `log_loss` to `binary`, `rmse`, `mae`, `r2` and `xauc` to `number`, `accuracy`, `log_loss`, `macro_auc` and `micro_auc` to classes. A metric that fits no label would measure nothing.",
});

export const tooManyClasses = defineError<{ label: string; classes: number; most: number }>({
  code: "DIN0693",
  name: "too-many-classes",
  message: ({ label, classes, most }) => `\`${label}\` has ${classes} classes; there may be ${most}`,
  help: () => "predict a `number`, or combine the classes into fewer",
  explanation:
    "The network gives a number for each class of a label, and each is an output of the compiled model. To choose among many items, score them as candidates.",
});

export const twoClasses = defineError<{ label: string }>({
  code: "DIN0694",
  name: "one-class",
  message: ({ label }) => `\`${label}\` has one class, so there is nothing to predict`,
  help: () => "list two classes or more, or write `binary` for a column of 0 and 1",
  explanation: "A label with classes says which of several classes a row has.",
});

export const lossIsNoFunction = defineError<{ label: string; got: string }>({
  code: "DIN0844",
  name: "loss-is-no-function",
  message: ({ label, got }) =>
    `\`loss\` of \`${label}\` takes a function of the prediction and the truth, not ${got}`,
  help: () => "name a function, `loss: huber`, or write one: `loss: (p, y) => huber(p, y, delta: 0.5)`",
  explanation:
    "The loss of a prediction is computed for each row from the prediction and the truth. `huber(p, y)` would be a value; the name of the function has no parentheses.",
});

export const lossTakesTwo = defineError<{ label: string; takes: number; written: string }>({
  code: "DIN0845",
  name: "loss-takes-two",
  message: ({ label, takes }) =>
    `\`loss\` of \`${label}\` takes a function of two values, the prediction and the truth; this takes ${takes}`,
  help: ({ written }) => `write one in place that fixes the others: \`loss: ${written}\``,
  explanation:
    "The first value is the prediction, the second the truth. Further parameters may have defaults; or write a function in place that passes them.",
});

export const ownLossNotOneNumber = defineError<{ label: string; type: string }>({
  code: "DIN0846",
  name: "own-loss-not-one-number",
  message: ({ label, type }) => `the loss of \`${label}\` must be a Vec[1], but this gives ${type}`,
  help: () => "add up its numbers with `total`: `loss: (p, y) => total(squared(p, y))`",
  explanation:
    "A loss is one number for each row, the smaller the better. For a label with classes, the prediction and the truth have a number for each class.",
});

export const weightHasAxis = defineError<{ of: string; type: string }>({
  code: "DIN0847",
  name: "weight-not-one-number",
  message: ({ of, type }) => `the weight of \`${of}\` must be one number for each row, but this is ${type}`,
  help: () => "reduce it to a Vec[1]",
  explanation: "The loss of each row is one number, which is multiplied by its weight.",
});

export const weightedTwice = defineError<{ label: string }>({
  code: "DIN0699",
  name: "weighted-twice",
  message: ({ label }) => `\`${label}\` has a weight here and in \`train { loss … }\``,
  help: () => "remove one of the two",
  explanation:
    "A label's weight is written at its prediction: `predict buy(weight: 0.5) = …`. Earlier versions also read it in `train { loss binary_cross_entropy(buy: 0.5) }`.",
});

export const labelNotUndone = defineError<{ label: string; transform: string }>({
  code: "DIN0895",
  name: "label-transform-not-undone",
  message: ({ label, transform }) =>
    `\`${transform}\` gives ids, so no prediction of it is a number of \`${label}\` again`,
  help: () =>
    "predict the number, with `log1p`, `standardize`, `min_max` or `clip`; or make a column of classes and a label `int(1..5)`",
  explanation:
    "The network predicts a label after its transforms, and predictions are turned back into the label's own unit: `expm1` undoes `log1p`, a scale and a shift undo `standardize` and `min_max`. `clip` only changes what is learned. A bucket has no way back to a number.",
});

export const labelNotTransformed = defineError<{ label: string; transform: string; kind: string }>({
  code: "DIN0899",
  name: "label-not-transformed",
  message: ({ label, transform, kind }) =>
    `\`${transform}\` prepares numbers, but \`${label}\` is \`${kind}\``,
  help: ({ label, transform }) =>
    `declare it as \`${label} : number |> ${transform}\`, or leave the transform out`,
  explanation:
    "Only labels of the kind `number` have transforms. The probabilities of a binary label, or of classes, are predicted as they are.",
});
