// Recognises columns known in training only, by their names: the position of an item on the page, and the
// weight of a row. They are drafted as `features training`, so that requests need not have them.

import { saysPosition } from "../lint/words.ts";
import type { NamedColumn } from "./columns.ts";
import { printNumber } from "./kinds.ts";
import type { DraftFeature } from "./plan.ts";
import { valuesOf } from "./values.ts";
import { saysWeight } from "./words.ts";

export interface TrainingOnly {
  readonly feature: DraftFeature;
  /** Whether it is the weight of the label. */
  readonly weighs: boolean;
}

/** Null for any other column, and for values that do not fit. */
export function trainingOnly(column: NamedColumn): TrainingOnly | null {
  const { name, header } = column;
  const weighs = saysWeight(name);
  const { numbers, missing } = valuesOf(column);
  const isAny = weighs || saysPosition(name);
  if (!isAny || numbers === null || missing > 0 || numbers.least < 0 || numbers.largest === numbers.least)
    return null;
  const [least, largest] = [printNumber(numbers.least), printNumber(numbers.largest)];
  const text = weighs ? "number" : `number(served: ${least}) |> log1p`;
  const change = weighs
    ? "take it out, here and in the label's `weight`"
    : "take it out, here and in `net`; `int(a..b, served: a)  embed 4` for a vector of each position";
  return {
    weighs,
    feature: {
      ...{ name, header, scope: "training", isRead: !weighs },
      kind: { kind: "number", text, embed: null, reason: `numbers from ${least} to ${largest}`, change },
      scopeReason: weighs
        ? "the weight of the row, by its name; no request has it"
        : `the ranking decides it, so no request has it: all candidates are scored as if at ${least}`,
    },
  };
}
