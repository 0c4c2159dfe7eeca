// Catalogue: values that a model serves without a label.

import { defineError, defineWarning, withHelps } from "./define.ts";

export const outputNotNumbers = withHelps(
  defineError<{ name: string; type: string }>({
    code: "DIN0451",
    name: "output-not-numbers",
    message: ({ name, type }) =>
      `the output \`${name}\` must be a number or a vector of each row, not ${type}`,
    explanation:
      "An output is served beside the predictions: one number, or the numbers of one vector, for each candidate or for the request. Requests have histories of different lengths, so a value for each step has no fixed size.",
  }),
  {
    fromFeatures: () => "compute it from features: a `Vec[d]`, a `Prob` or the probabilities of classes",
    ofSteps: (each: string) =>
      `it has a value for each ${each}: reduce them with \`sum\`, \`mean\` or \`max\``,
    ofList: (each: string) => `it has a value for each ${each}: put them side by side with \`flatten\``,
  },
);

export const outputWithoutFeatures = defineError<{ name: string }>({
  code: "DIN0452",
  name: "output-without-features",
  message: ({ name }) =>
    `the output \`${name}\` is the same for every request: nothing in it depends on a feature`,
  help: () => "compute it from features, or make it a `let`: `dinc export` writes learned weights",
  explanation:
    "An output is computed for each request or candidate. A learned value, `parameter(8)`, belongs to the model. On its own it would be the same number in every answer.",
});

export const untrainedOutput = defineWarning<{ name: string; weights: readonly string[] }>({
  code: "DIN0453",
  name: "untrained-output",
  message: ({ name, weights }) =>
    `no loss trains ${weights.map((each) => `\`${each}\``).join(", ")}, which the output \`${name}\` reads`,
  help: () =>
    "compute the output from values that a prediction or a `loss` reads, add a `loss`, or write `stop_gradient` if the weights should stay random",
  explanation:
    "An output has no loss of its own, so it learns nothing. Weights that only outputs read keep their random initial values. Weights within `stop_gradient(…)` are meant to stay as they are.",
});

export const outputNamedAsColumn = defineError<{ name: string }>({
  code: "DIN0454",
  name: "output-named-as-column",
  message: ({ name }) => `\`dinc predict\` already writes a column \`${name}\``,
  help: () => "choose another name",
  explanation:
    "`dinc predict` writes a column for each output, under its name, beside the number of the row (`row`) and the scores of each label, such as `click_logit` and `click_probability`.",
});
