// `binary`: yes or no; the prediction is its probability. `binary(soft)`: a share from 0 to 1; the prediction
// is its mean.

import { numberOfText } from "../../common/number-text.ts";
import type { LabelKind, LabelTypeOf } from "./define-label-kind.ts";

const predicts = () => "a Prob";
const metrics = [{ kind: "auc" }, { kind: "log_loss" }] as const;

export const binary: LabelKind<LabelTypeOf<"binary">> = {
  name: "binary",
  form: "binary",
  doc: "A column of 0 and 1; every row has a value.",
  holds: () => "0 or 1",
  read: (value) => {
    const number = numberIn(value);
    return number === 0 || number === 1 ? number : null;
  },
  outcome: "binary",
  metrics,
  predicts,
  loss: null,
  losses: ["log_loss", "hinge"],
  kernel: "sigmoid",
};

export const share: LabelKind<LabelTypeOf<"share">> = {
  name: "binary",
  form: "binary(soft)",
  doc: "A column of shares from 0 to 1, such as probabilities of a teacher; every row has a value.",
  holds: () => "a number from 0 to 1",
  read: (value) => {
    const number = numberIn(value);
    return number >= 0 && number <= 1 ? number : null;
  },
  outcome: "share",
  metrics: [{ kind: "log_loss" }, { kind: "ne" }],
  predicts,
  loss: null,
  losses: ["log_loss"],
  kernel: "sigmoid",
};

function numberIn(value: string | number | bigint | boolean): number {
  const text = typeof value === "string" ? value.trim().toLowerCase() : value;
  if (text === "true") return 1;
  if (text === "false") return 0;
  return typeof text === "string" ? numberOfText(text) : Number(text);
}
