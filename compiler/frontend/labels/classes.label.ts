// `enum(…)` and `int(a..b)`: one of several classes; the prediction is the probability of each.

import { numberOfText } from "../../common/number-text.ts";
import type { LabelKind, LabelTypeOf } from "./define-label-kind.ts";

/** Each class is one more number that the network computes per row, and one more output. */
export const MOST_CLASSES = 200;

const shared = {
  outcome: "class",
  metrics: [{ kind: "accuracy", threshold: 0.5 }, { kind: "log_loss" }],
  predicts: ({ classes }) => `Classes[${classes.length}]`,
  loss: "cross_entropy",
  losses: ["cross_entropy"],
  kernel: null,
} as const satisfies Partial<LabelKind<LabelTypeOf<"enum" | "int">>>;

export const enumeration: LabelKind<LabelTypeOf<"enum">> = {
  ...shared,
  name: "enum",
  form: 'enum("low", "high")',
  doc: "A column of the listed values, which are classes; every row has one.",
  holds: ({ classes }) => `one of ${classes.map((each) => JSON.stringify(each)).join(", ")}`,
  read: (value, { classes }) => {
    const place = classes.indexOf(String(value).trim());
    return place < 0 ? null : place;
  },
};

export const int: LabelKind<LabelTypeOf<"int">> = {
  ...shared,
  name: "int",
  form: "int(1..5)",
  doc: "A column of whole numbers between both ends, which are classes; every row has one.",
  holds: ({ classes }) => `a whole number from ${classes[0]} to ${classes.at(-1)}`,
  read: (value, { low, classes }) => {
    const found = typeof value === "string" ? numberOfText(value.trim()) : Number(value);
    const place = found - low;
    return typeof value !== "boolean" && Number.isInteger(place) && place >= 0 && place < classes.length
      ? place
      : null;
  },
};
