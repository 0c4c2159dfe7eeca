// Turns logits into scores and decides which of them are valid, with one rule for training's predictions and
// generated code.

import { RankerInputError } from "./requests.ts";

/**
 * From here on, neighbouring 32-bit floats differ by more than 1. A larger logit is the remainder of an
 * overflow, and depends on rounding.
 */
export const LARGEST_LOGIT = 2 ** 24;

/** Tells whether a logit is a valid score. */
export function isScore(logit: number): boolean {
  return Math.abs(logit) <= LARGEST_LOGIT;
}

/**
 * Copies a block's logits to `out`, starting at the candidate number `from`. `byCandidate` is false if all
 * candidates share one logit. With `classes` classes, a candidate has a number for each, side by side, and
 * these belong to the class at `place`.
 */
export function copyScores(
  out: Float32Array,
  from: number,
  logits: Float32Array,
  count: number,
  byCandidate: boolean,
  classes = 1,
  place = 0,
): void {
  for (let i = 0; i < count; i++) {
    const logit = logits[byCandidate ? i : 0]!;
    if (!isScore(logit))
      throw new RankerInputError(
        `candidates[${from + i}]`,
        `has no score: its logit is ${logit}, as a number on the way to it is too large, or the model divides by 0`,
      );
    out[(from + i) * classes + place] = logit;
  }
}

/**
 * Copies the numbers of an output to `out`: `width` of them for each of `count` candidates from the number
 * `from` on. `byCandidate` is false if all candidates share them.
 */
export function copyOutput(
  out: Float32Array,
  from: number,
  values: Float32Array,
  count: number,
  byCandidate: boolean,
  width: number,
): void {
  for (let i = 0; i < count; i++)
    for (let j = 0; j < width; j++)
      out[(from + i) * width + j] = outputNumber(values[(byCandidate ? i * width : 0) + j]!, from + i);
}

/** Copies the numbers of an output that the request has once. */
export function copyRequestOutput(out: Float32Array, values: Float32Array, width: number): void {
  for (let j = 0; j < width; j++) out[j] = outputNumber(values[j]!, null);
}

function outputNumber(value: number, candidate: number | null): number {
  if (isScore(value)) return value;
  throw new RankerInputError(
    candidate === null ? "request" : `candidates[${candidate}]`,
    `has no output: it is ${value}, as a number on the way to it is too large, or the model divides by 0`,
  );
}

/** Replaces the logits of `classes` classes by their probabilities, candidate by candidate. */
export function softmaxRows(out: Float32Array, classes: number, count: number): void {
  for (let from = 0; from < classes * count; from += classes) {
    let [largest, sum] = [Number.NEGATIVE_INFINITY, 0];
    for (let i = from; i < from + classes; i++) largest = Math.max(largest, out[i]!);
    for (let i = from; i < from + classes; i++) sum += Math.exp(out[i]! - largest);
    for (let i = from; i < from + classes; i++) out[i] = Math.exp(out[i]! - largest) / sum;
  }
}

/** Checks that the caller's buffer has room for this many numbers. */
export function checkOut(out: unknown, field: string, count: number): asserts out is Float32Array {
  if (!(out instanceof Float32Array)) throw new RankerInputError(field, "must be a Float32Array");
  if (out.length < count)
    throw new RankerInputError(field, `holds ${out.length} numbers, too few for ${count} scores`);
}
