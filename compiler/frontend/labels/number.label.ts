// `number`: an amount, such as seconds or a price, which is predicted directly.

import { numberOfText } from "../../common/number-text.ts";
import type { NumberTransform } from "../model/model.ts";
import type { LabelKind, LabelTypeOf } from "./define-label-kind.ts";

/** Tells whether the first transform is one of numbers that are not negative. */
function isLeast0([first]: readonly NumberTransform[]): boolean {
  return first?.kind === "log1p";
}

export const number: LabelKind<LabelTypeOf<"number">> = {
  name: "number",
  form: "number",
  doc: "A column of numbers, such as seconds watched or a price; every row has a value.",
  holds: ({ transforms }) =>
    isLeast0(transforms) ? "a number of at least 0, because of its `log1p`" : "a number",
  read: (value, { transforms }) => {
    const found = typeof value === "string" ? numberOfText(value.trim()) : Number(value);
    if (typeof value === "boolean" || !Number.isFinite(Math.fround(found))) return null;
    return found < 0 && isLeast0(transforms) ? null : found;
  },
  outcome: "number",
  metrics: [{ kind: "rmse" }, { kind: "mae" }],
  predicts: () => "a Vec[1]",
  loss: "squared",
  losses: ["squared", "absolute", "huber", "log_cosh", "poisson", "tweedie", "weighted_logistic"],
  kernel: null,
};
