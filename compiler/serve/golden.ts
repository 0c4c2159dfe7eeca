// Golden requests: raw requests with the logits that the f64 reference gives them, and how far scores may be from those.

import { RankerInputError } from "./requests.ts";
import { type GoldenRequest, RankerWeightsError } from "./weights.ts";

/** How far |logit − reference| may be: absolute part, and relative to |reference|. */
export const TOLERANCE = { absolute: 2e-5, relative: 1e-5 } as const;

/** The same where products are done in 16-bit integers (`--mode fast`). */
export const FAST_TOLERANCE = { absolute: 1e-3, relative: 1e-3 } as const;

export interface Tolerance {
  readonly absolute: number;
  readonly relative: number;
}

/** Whether a score is as close to the reference as it must be. */
export function isClose(logit: number, reference: number, { absolute, relative }: Tolerance): boolean {
  return Math.abs(logit - reference) <= absolute + relative * Math.abs(reference);
}

/**
 * Scores golden requests; gives the largest difference of a logit. Throws RankerWeightsError where one is larger
 * than the tolerance.
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
        const score = scores?.[i] ?? Number.NaN;
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

/** A golden request that cannot be scored is not what dinc wrote for this module. */
function logitsOfGolden<T>(r: number, request: unknown, logitsOf: (request: unknown) => T): T {
  try {
    return logitsOf(request);
  } catch (error) {
    if (error instanceof RankerInputError)
      throw new RankerWeightsError(`golden request ${r} cannot be scored: ${error.message}`);
    throw error;
  }
}
