// Golden requests: raw requests with the logits of the f64 reference, and the tolerance of scores.

import { RankerInputError } from "./requests.ts";
import { type GoldenRequest, RankerWeightsError } from "./weights.ts";

/** The tolerance of |logit − reference|: absolute, and relative to |reference|. */
export const TOLERANCE = { absolute: 2e-5, relative: 1e-5 } as const;

/** The tolerance with products in 16-bit integers (`--mode fast`). */
export const FAST_TOLERANCE = { absolute: 1e-3, relative: 1e-3 } as const;

export interface Tolerance {
  readonly absolute: number;
  readonly relative: number;
}

/** Tells whether a score is within the tolerance of the reference. */
export function isClose(logit: number, reference: number, { absolute, relative }: Tolerance): boolean {
  return Math.abs(logit - reference) <= absolute + relative * Math.abs(reference);
}

/**
 * Scores golden requests; returns the largest difference of a logit. Throws RankerWeightsError if one exceeds
 * the tolerance.
 */
export function verifyGolden(
  golden: readonly GoldenRequest[],
  logitsOf: (request: unknown) => readonly (readonly [string, Float32Array])[],
  tolerance: Tolerance = TOLERANCE,
): number {
  let largest = 0;
  for (let r = 0; r < golden.length; r++) {
    const found = logitsOfGolden(r, golden[r]!.request, logitsOf);
    for (const [label, expected] of golden[r]!.logits) {
      const scores = found.find(([name]) => name === label)?.[1];
      for (let i = 0; i < expected.length; i++) {
        // Repeated candidates have the numbers of a request once.
        const score = scores?.[i % scores.length] ?? Number.NaN;
        if (!isClose(score, expected[i]!, tolerance))
          throw new RankerWeightsError(
            `golden request ${r}: candidate ${i} has logit ${score} for ${label} instead of ${expected[i]}`,
          );
        largest = Math.max(largest, Math.abs(score - expected[i]!));
      }
    }
  }
  return largest;
}

/** If a golden request cannot be scored, it is not the one that dinc wrote for this module. */
function logitsOfGolden<T>(r: number, request: unknown, logitsOf: (request: unknown) => T): T {
  try {
    return logitsOf(request);
  } catch (error) {
    if (error instanceof RankerInputError)
      throw new RankerWeightsError(`golden request ${r} cannot be scored: ${error.message}`);
    throw error;
  }
}
