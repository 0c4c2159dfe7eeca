// `binary`: yes or no, whose probability is predicted.

import { numberOfText } from "../../common/number-text.ts";
import type { LabelKind } from "./define-label-kind.ts";

export const binary: LabelKind = {
  name: "binary",
  doc: "A column of 0 and 1; every row has a value.",
  holds: "0 or 1",
  read(value) {
    const text = typeof value === "string" ? value.trim().toLowerCase() : value;
    if (text === "true") return 1;
    if (text === "false") return 0;
    const number = typeof text === "string" ? numberOfText(text) : Number(text);
    return number === 0 || number === 1 ? number : null;
  },
  kernel: "sigmoid",
};
