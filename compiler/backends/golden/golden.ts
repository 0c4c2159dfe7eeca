// Draws golden requests for a compiled module, with the logits of the f64 reference: every kind of history
// length, unseen ids, repeated candidates.

import { Random } from "../../common/random.ts";
import { isScore } from "../../serve/scores.ts";
import type { GoldenRequest } from "../../serve/weights.ts";
import type { TrainedModel } from "../contract/trained-model.ts";
import type { RawRequest } from "./reference-inputs.ts";
import { RequestSampler, type RequestShape } from "./sample-requests.ts";

const REQUESTS = 32;
/** Histories are longer only in the request that tests an overlong one. */
const USUAL_STEPS = 20;

/**
 * By label: one logit per candidate; for classes, one per class, candidate by candidate. By output: its numbers for
 * each candidate, or for the request.
 */
export type ReferenceLogits = ReadonlyMap<string, Float64Array>;

/** Computes the logits of several requests, in their order. */
export type Reference = (requests: readonly RawRequest[]) => readonly ReferenceLogits[];

export function goldenRequests(
  { model, fitted, padding }: Pick<TrainedModel, "model" | "fitted" | "padding">,
  reference: Reference,
  seed: number,
): GoldenRequest[] {
  const random = Random.of(seed, "golden requests");
  const sampler = new RequestSampler(model, fitted, random, padding);
  const made = Array.from({ length: REQUESTS }, (_, i) => sampler.make(shapeOf(i, random)));
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
function shapeOf(i: number, random: Random): RequestShape {
  switch (i) {
    case 0:
      return { candidates: 3, steps: (max) => Math.min(max, 3), unseen: 0 };
    case 1:
      return { candidates: 3, steps: () => 0, unseen: 0 };
    case 2:
      return { candidates: 3, steps: () => 1, unseen: 0 };
    case 3:
      return { candidates: 3, steps: (max) => Math.min(max, 1000) + 3, unseen: 0 };
    case 4:
      return { candidates: 3, steps: (max) => Math.min(max, 8), unseen: 1 };
    default:
      return {
        candidates: 1 + random.integer(6),
        steps: (max) => random.integer(Math.min(max, USUAL_STEPS) + 1),
        unseen: 0.1,
      };
  }
}
