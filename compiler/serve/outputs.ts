// Turns the outputs of a network into scores.

import type { Scores } from "./model/requests.ts";
import { OUTPUTS } from "./model/tables.ts";
import { RankerInputError } from "./requests.ts";
import type { Top } from "./top.ts";

export function byLabel(scores: Scores) {
  return OUTPUTS.map(({ label, listIn }) => [label, listIn(scores)] as const);
}

/** The best candidates by one of several labels or outputs. */
export function bestBy(logits: Scores, k: number, wanted: unknown): Top[] {
  for (const { label, listIn, top } of OUTPUTS)
    if (label === wanted && top !== undefined) return top(listIn(logits), k);
  const labels = OUTPUTS.filter(({ top }) => top !== undefined).map(({ label }) => JSON.stringify(label));
  throw new RankerInputError("label", `must be one of ${labels.join(", ")}`);
}
