// `number`: an amount, such as seconds or a price, which is predicted directly.

import { numberOfText } from "../../common/number-text.ts";
import type { LabelKind, LabelTypeOf } from "./define-label-kind.ts";

export const number: LabelKind<LabelTypeOf<"number">> = {
  name: "number",
  form: "number",
  doc: "A column of numbers, such as seconds watched or a price; every row has a value.",
  holds: () => "a number",
  read: (value) => {
    const found = typeof value === "string" ? numberOfText(value.trim()) : Number(value);
    return typeof value === "boolean" || !Number.isFinite(Math.fround(found)) ? null : found;
  },
  outcome: "number",
  metrics: [{ kind: "rmse" }, { kind: "mae" }],
  predicts: () => "a Vec[1]",
  loss: "squared",
  losses: ["squared", "absolute", "huber", "log_cosh", "poisson", "tweedie", "weighted_logistic"],
  kernel: null,
};
