// Draws golden requests for a compiled module, with the logits of the f64 reference: every kind of history
// length, unseen ids, repeated candidates.

import { Random } from "../../common/random.ts";
import { limits } from "../../frontend/values/limits.ts";
import { keptPairs } from "../../middle/pairs/pairs.ts";
import { isScore } from "../../serve/scores.ts";
import type { GoldenRequest } from "../../serve/weights.ts";
import type { TrainedModel } from "../contract/trained-model.ts";
import type { RawRequest } from "./reference-inputs.ts";
import { RequestSampler, type RequestShape } from "./sample-requests.ts";

const REQUESTS = 32;
/** Histories are longer only in the request that tests an overlong one. */
const USUAL_STEPS = 20;
const OVERLONG_STEPS = 1003;
/** The same where pairs of steps are more than references, which keep all of them, should compute. */
const OF_LONG_PAIRS = { requests: 8, usualSteps: 4, overlongSteps: 4 };

/**
 * By label: one logit per candidate; for classes, one per class, candidate by candidate. By output: its numbers for
 * each candidate, or for the request.
 */
export type ReferenceLogits = ReadonlyMap<string, Float64Array>;

/** Computes the logits of several requests, in their order. */
export type Reference = (requests: readonly RawRequest[]) => readonly ReferenceLogits[];

export function goldenRequests(
  { model, fitted, padding, predict }: Pick<TrainedModel, "model" | "fitted" | "padding" | "predict">,
  reference: Reference,
  seed: number,
): GoldenRequest[] {
  const random = Random.of(seed, "golden requests");
  const sampler = new RequestSampler(model, fitted, random, padding);
  const isLong = keptPairs(predict).some(({ places }) => places > limits.keptPairs);
  const sizes = isLong
    ? OF_LONG_PAIRS
    : { requests: REQUESTS, usualSteps: USUAL_STEPS, overlongSteps: OVERLONG_STEPS };
  const made = Array.from({ length: sizes.requests }, (_, i) => sampler.make(shapeOf(i, random, sizes)));
  const requests = reference(made).map((logits, i) => ({
    request: declaredParts(made[i]!),
    logits: [...logits].map(([label, values]) => [label, Array.from(values)] as const),
  }));
  // Requests without a finite score are left out: this model's module refuses them, as training does.
  return requests.filter(({ logits }) => logits.every(([, values]) => values.every(isScore)));
}

/** The request without parts for which the model declares nothing. */
function declaredParts(request: RawRequest): Partial<RawRequest> {
  return Object.fromEntries(Object.entries(request).filter(([, part]) => Object.keys(part).length > 0));
}

/** Each of the first few covers one case; the very first is the README's example. */
function shapeOf(
  i: number,
  random: Random,
  { usualSteps, overlongSteps }: Omit<typeof OF_LONG_PAIRS, "requests">,
): RequestShape {
  switch (i) {
    case 0:
      return { candidates: 3, steps: (max) => Math.min(max, 3), unseen: 0 };
    case 1:
      return { candidates: 3, steps: () => 0, unseen: 0 };
    case 2:
      return { candidates: 3, steps: () => 1, unseen: 0 };
    case 3:
      return { candidates: 3, steps: (max) => Math.min(max + 3, overlongSteps), unseen: 0 };
    case 4:
      return { candidates: 3, steps: (max) => Math.min(max, 8, usualSteps), unseen: 1 };
    default:
      return {
        candidates: 1 + random.integer(6),
        steps: (max) => random.integer(Math.min(max, usualSteps) + 1),
        unseen: 0.1,
      };
  }
}
