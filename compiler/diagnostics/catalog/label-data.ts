// Catalogue: labels that are not binary, when data are read and when a run is used.

import { option, wording } from "../../common/option-text.ts";
import { withOption } from "../../common/quoting.ts";
import { defineError, defineWarning, withHelps } from "./define.ts";

export const calibratesNothing = defineError<{ label: string }>({
  code: "DIN0695",
  name: "calibrates-nothing",
  message: ({ label }) => `\`${label}\` has no probability that could be calibrated`,
  help: () => null,
  explanation:
    "`dinc calibrate` fits the probabilities of binary labels. Predictions of numbers and of classes stay as they were trained.",
});

/**
 * `isTold`: another label distinguishes events from drawn items; `weighed`: the label whose weight this is.
 */
export const notOfDrawn = defineError<{
  label: string;
  kind: string;
  isTold: boolean;
  weighed: string | null;
}>({
  code: "DIN0696",
  name: "label-of-drawn-items",
  message: ({ label, weighed }) =>
    weighed === null
      ? `items that are drawn as negatives have no \`${label}\``
      : `items that are drawn as negatives have no \`${label}\`, so \`weight: ${label}\` would leave them out of \`${weighed}\``,
  help: ({ kind, isTold, weighed }) =>
    weighed !== null
      ? `leave out the weight of \`${weighed}\`, or give \`${weighed}\` as a column with \`negatives: { per_positive: 0 }\``
      : isTold
        ? `allow rows without it, as \`${withOption(kind, "missing: none")}\`, so that the model learns it from events alone`
        : "write `negatives: { per_positive: 0 }` under `data.examples` of dinc.yaml, or leave `negatives` out; then every row is an event",
  explanation:
    "In the rows of an event log, the label of an event comes from a column of the log, such as a rating or a watch time. An item that was drawn as a negative is in no line of the log: a `binary` label is 0 for it, other labels have no value. Those need `missing: none`, or rows without drawn items.",
});

export const labelBesideColumn = defineError<{ label: string }>({
  code: "DIN0567",
  name: "label-beside-column",
  message: ({ label }) =>
    `the log has a column \`${label}\`, but the label \`${label}\` is 1 for every event and 0 for items that are drawn`,
  help: ({ label }) =>
    `to learn from the column, write \`label: { name: ${label}, positive: 1 }\` under \`data\`, or \`negatives: { per_positive: 0 }\` under \`data.examples\`; otherwise give the label another name`,
  explanation:
    "If negatives are drawn, a `binary` label says whether a row is an event of the log. dinc would not read a column of the same name, and rows with 0 would count as 1.",
});

export const rowsOfNoClass = defineError<{ label: string; kind: string }>({
  code: "DIN0697",
  name: "rule-needs-binary",
  message: ({ label, kind }) => `\`data.label\` says which values are 1, but \`${label}\` is ${kind}`,
  help: () => "leave `positive` out, or make the label `binary`",
  explanation:
    "The values of a label that is a number or has classes are those of its column. Only a binary label can have a rule that says which values are 1.",
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
    "A `number` is any finite number, `binary(soft)` a share from 0 to 1, `enum(…)` one of the listed values and `int(a..b)` a whole number between both ends. Other values have no loss.",
});

export const twoTowerOfClasses = defineError<{ label: string }>({
  code: "DIN0848",
  name: "two-towers-of-classes",
  message: ({ label }) =>
    `\`${label}\` has classes, so its prediction is not an inner product of two vectors`,
  help: () =>
    wording`compile with \`${option("target", "ts")}\`, or predict a binary label or a number first`,
  explanation:
    "A model of two towers gives a vector for the user and one for the item. Their inner product is the logit of a binary label, or a number. Each class has a logit of its own.",
});

const sayWhichAreOne = ({ column, values }: { column: string; values: string }) =>
  `\`${column}\` has the values ${values}: list those that mean 1 in \`positive\``;

/** The rule of `data.label`, if there is one. */
const byRule = (rule: string | null) => (rule === null ? "" : `: \`data.label\` gives 1 for ${rule}`);

/** `rule`: that of `data.label`. */
export const labelNeverOne = withHelps(
  defineWarning<{ label: string; rule: string | null }>({
    code: "DIN0597",
    name: "label-never-one",
    message: ({ label, rule }) => `\`${label}\` is 0 in every row${byRule(rule)}`,
    explanation:
      "The model is trained on rows that all have the same label, so it learns to predict 0 for every request. Most likely `positive` names a value that the column does not have, or the wrong column was named.",
  }),
  {
    rule: sayWhichAreOne,
    data: ({ column }: { column: string; values: string }) =>
      `if another column says what happened, name it: \`label: { from: ${column}, positive: 1 }\` under \`data\``,
  },
);

export const labelAlwaysOne = withHelps(
  defineWarning<{ label: string; rule: string | null }>({
    code: "DIN0598",
    name: "label-always-one",
    message: ({ label, rule }) => `\`${label}\` is 1 in every row${byRule(rule)}`,
    explanation:
      "The model is trained on rows that all have the same label, so it learns to predict 1 for every request. A file that lists only what users chose is an event log: `data.events` draws items that they did not choose.",
  }),
  {
    rule: sayWhichAreOne,
    data: () =>
      "add the rows in which it did not happen; a file that lists only what users chose is an event log, `data.events`, for which dinc draws negatives",
  },
);

export const labelValueUnmet = withHelps(
  defineWarning<{ column: string }>({
    code: "DIN0630",
    name: "label-value-unmet",
    message: ({ column }) => `\`data.label\` names a value that \`${column}\` has in no row`,
    explanation:
      "The label is 1 for the values of `positive`, and 0 for those of `negative` or for all others. A value that no row has is most likely misspelt. The intended rows then have the other label, or are refused.",
  }),
  {
    names: ({ column, values, unmet }: { column: string; values: string; unmet: readonly string[] }) =>
      `no row has ${unmet.map((value) => `\`${value}\``).join(", ")}: correct it, or leave it out. \`${column}\` has the values ${values}`,
  },
);
