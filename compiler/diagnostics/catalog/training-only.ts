// Catalogue: values known in training only, and which rows have a label.

import { defineError, withHelps } from "./define.ts";

export const labelInPrediction = defineError<{ what: string; read: string }>({
  code: "DIN0885",
  name: "label-in-prediction",
  message: ({ what, read }) => `${what} depends on the label \`${read}\`, which is known in training only`,
  help: () => "read it in a `loss`, or in a `let` that only losses read",
  explanation:
    "In a loss, the name of a label is its value, so that a loss can use it as a weight or compare it with a prediction. When a model predicts, its value is not known yet: a prediction that read it would be perfect in training and impossible in serving. If you mean a feature with the name of the label, rename one of the two.",
});

export const badLabelOption = withHelps(
  defineError<{ label: string; option: string; got: string }>({
    code: "DIN0887",
    name: "bad-label-option",
    message: ({ label, option, got }) => `\`${option}\` of the label \`${label}\` cannot be ${got}`,
    explanation:
      "`weight` names the column that states how many times a row counts for the label: another label, or a number in `features training`. `missing: none` allows rows without the label; they count in no loss and no metric of it.",
  }),
  {
    missing: () => "write `missing: none`: rows without the label do not count for it",
    weight: () =>
      "name another label, or a number in `features training { … }`, whose transforms may prepare it: `dwell : number |> log1p`",
    declareWeight: (name: string) => `declare it: \`features training { ${name} : number(missing: 0) }\``,
    scope: (name: string, scope: string, label: string) =>
      `\`${name}\` is a feature of ${scope === "item" ? "the candidate" : `the ${scope}`}; a weight is known in training only: declare it in \`features training\`, or weigh the loss alone, and not the metrics: \`predict ${label}(weight: ${name}) = …\``,
    number: (name: string) => `\`${name}\` is not a number`,
    itself: () => "a label cannot weigh its own rows; name another label",
  },
);

export const trainingInPrediction = defineError<{ what: string; read: string; declared: string }>({
  code: "DIN0886",
  name: "training-feature-in-prediction",
  message: ({ what, read }) => `${what} depends on \`${read}\`, which is known in training only`,
  help: ({ declared }) => `state its value for predictions, \`${declared}\`, or read it in a \`loss\``,
  explanation:
    "The value of a feature of `features training` is not known when a model predicts. With `served` it then has a stated value: the network learns from the column, while evaluations, predictions and compiled code use that value. Without it, only losses and labels' weights may read the feature.",
});

export const badServed = withHelps(
  defineError<{ name: string; got: string }>({
    code: "DIN0893",
    name: "bad-served-value",
    message: ({ name, got }) => `\`${name}\` cannot be served as ${got}`,
    explanation:
      "`served` is one value that a feature of `features training` has in every prediction. It must be known before training: a value of an `enum`, an `int` or another kind whose values the spec states; a number whose transforms learn nothing; or, for any kind with ids, `unknown`.",
  }),
  {
    oneValue: () => "a set or a cross has no single value; serve its parts, or read it in a loss only",
    number: () => "write a number that the feature may have, such as `served: 0`",
    learnedNumber: () =>
      "its transforms learn from the data, so the served number is not known yet: use `log1p`, `clip` or none, or make it an `int`",
    learnedIds: () =>
      "its values are learned from the data: write `served: unknown`, or use `enum`, `int` or `id(size: n)`",
    noValue: () => "write one of its values, or `served: unknown`",
  },
);

export const servedOutside = defineError<{ name: string; scope: string }>({
  code: "DIN0894",
  name: "served-outside-training",
  message: ({ name, scope }) =>
    `\`${name}\` is ${scope === "history" ? "a field of a history" : `in \`features ${scope}\``}, so every request has it: \`served\` has no meaning`,
  help: () => "declare it in `features training`, or remove `served`",
  explanation:
    "`served` states the value that predictions use for a feature that only training rows have. A feature of `user`, `item` or `context` is part of each request.",
});
