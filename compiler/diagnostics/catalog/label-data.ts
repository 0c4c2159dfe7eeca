// Catalogue: labels that are no yes or no, where data are read, and where something is made of a run.

import { defineError } from "./define.ts";

export const calibratesNothing = defineError<{ label: string }>({
  code: "DIN0695",
  name: "calibrates-nothing",
  message: ({ label }) => `\`${label}\` has no probability that could be calibrated`,
  help: () => null,
  explanation:
    "`dinc calibrate` fits the probabilities of labels that are yes or no. Predictions of numbers and of classes stay as they were trained.",
});

export const notFromLog = defineError<{ label: string; kind: string }>({
  code: "DIN0696",
  name: "label-not-from-log",
  message: ({ label, kind }) => `an event log says whether something happened, but \`${label}\` is ${kind}`,
  help: () => "make the label `binary`, or give example rows, which have a column for it (`data.train`)",
  explanation:
    "The rows of an event log are events, which have the label 1, and items that were drawn, which have 0. Neither has an amount or a class.",
});

export const rowsOfNoClass = defineError<{ label: string; kind: string }>({
  code: "DIN0697",
  name: "rule-needs-binary",
  message: ({ label, kind }) => `\`data.label\` says which values are 1, but \`${label}\` is ${kind}`,
  help: () => "leave `positive` out, or make the label `binary`",
  explanation:
    "A label that is a number or has classes is read as its column has it. Only of a yes or no a rule can say which values are the yes.",
});

export const labelOutside = defineError<{ label: string; value: string; kind: string; holds: string }>({
  code: "DIN0698",
  name: "label-outside-its-kind",
  message: ({ label, value, holds }) => `the label \`${label}\` is ${value}; it is ${holds}`,
  help: ({ kind }) =>
    kind.startsWith("binary")
      ? "for an amount make the label `number`"
      : "correct the rows, or list the value in the label's kind",
  explanation:
    "A `number` is any finite number, `binary(soft)` a share from 0 to 1, `enum(…)` one of the listed values and `int(a..b)` a whole number between both ends. Another value has no loss.",
});

export const twoTowerOfClasses = defineError<{ label: string }>({
  code: "DIN0848",
  name: "two-towers-of-classes",
  message: ({ label }) => `\`${label}\` has classes, so its prediction is no inner product of two vectors`,
  help: () => "compile with `--target ts`, or predict a yes or no or a number first",
  explanation:
    "A model of two towers gives a vector of the user and one of the item, whose inner product is the logit of a yes or no, or a number. Classes have a logit each.",
});
