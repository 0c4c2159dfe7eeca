// What becomes of a block's logits.

import { RankerInputError } from "./requests.ts";

/** Copies a block's logits to `out` from `from` on. `byCandidate` is false where all candidates share one. */
export function copyScores(
  out: Float32Array,
  from: number,
  logits: Float32Array,
  count: number,
  byCandidate: boolean,
): void {
  for (let i = 0; i < count; i++) {
    const logit = logits[byCandidate ? i : 0]!;
    if (Number.isNaN(logit))
      throw new RankerInputError(
        `candidates[${from + i}]`,
        "has no score: a number on the way to it is too large for 32 bits, or the model divides by 0",
      );
    out[from + i] = logit;
  }
}

/** Checks that the caller's buffer takes one number a candidate. */
export function checkOut(out: unknown, field: string, candidates: number): asserts out is Float32Array {
  if (!(out instanceof Float32Array)) throw new RankerInputError(field, "must be a Float32Array");
  if (out.length < candidates)
    throw new RankerInputError(field, `holds ${out.length} numbers, too few for ${candidates} candidates`);
}
