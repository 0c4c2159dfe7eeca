// Catalogue: labels, their predictions, and the parts that every model needs.

import { defineError, withHelps } from "./define.ts";

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
      "`predict` names the label that it is trained on. A value that is served without a label, such as an uplift or a vector of the user, is an `output`. A weight in `train { loss … }` names the label whose loss it multiplies.",
  }),
  {
    declareIt: (label: string) =>
      `declare it: \`label ${label} : binary\`, or serve the value without a label: \`output ${label} = …\``,
    orOutput: (labels: readonly string[], name: string) =>
      `the model has ${labels.length === 1 ? "the label" : "the labels"} ${labels.join(", ")}; a value without a label is an output: \`output ${name} = …\``,
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

/** The remedy for a value that is not a probability: a vector, a logit, or one number, computed from probabilities or not. */
const TO_PROBABILITY = {
  wide: "add `|> dense(1) |> sigmoid`",
  classes: "for a binary label, end with `|> dense(1) |> sigmoid` instead of a `softmax` of two classes",
  squashed: "put `dense(1)` before the sigmoid: `|> dense(1) |> sigmoid`",
  logit: "add `|> sigmoid`",
  number: "a logit becomes a probability with `|> sigmoid`",
  chance:
    "a number made of probabilities is not a logit: a layer learns to read it, `|> dense(1) |> sigmoid`, or mix probabilities by scores for each, `mixture([p, q], split(dense(x, 2), 2))`",
  mixed:
    "of probabilities, only `p * q`, `1 - p` and `p * q + (1 - p) * r` are probabilities again; mix several by scores for each, `mixture([p, q, r], split(dense(x, 3), 3))`, or by fixed shares of their logits, `sigmoid(0.5 * a + 0.5 * b)`",
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
    "The loss of a binary label is computed from the logit, the value before the `sigmoid`. `sigmoid` gives a Prob, and some computations with probabilities do: products, `1 - p`, mixtures.",
});

export const predictionWithoutFeatures = defineError<{ label: string }>({
  code: "DIN0483",
  name: "prediction-without-features",
  message: ({ label }) =>
    `the prediction of \`${label}\` is the same for every row: nothing in it depends on a feature`,
  help: () => "compute it from features of the item, and of the user",
  explanation:
    "A learned value, `parameter(1)`, belongs to the model and not to a row. On its own it would give all candidates of all users the same score. As a part of a prediction it is allowed: `bias(x)` adds one to every logit.",
});

export const predictionHasAxis = defineError<{ label: string; each: string; isList: boolean }>({
  code: "DIN0239",
  name: "prediction-has-axis",
  message: ({ label, each }) => `the prediction of \`${label}\` still has a value for each ${each}`,
  help: ({ isList }) =>
    isList
      ? "before the last layers, put them side by side with `flatten`, select one, such as `x[1]`, or reduce them with `sum`, `mean` or `max`"
      : "reduce the steps with `sum`, `mean` or `max` before the last layers",
  explanation:
    "A row has one label, so its prediction is one number. Reduce the steps of a history or the elements of a list first.",
});
