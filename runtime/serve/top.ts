// The best of many candidates, without putting all of them in order.

import { sigmoid } from "./kernels/elementwise.ts";
import { RankerInputError } from "./requests.ts";

/** One of the best candidates. */
export interface Top {
  /** Its place among the candidates, from 0. */
  readonly place: number;
  /** Its probability. */
  readonly score: number;
}

/**
 * The k candidates with the largest logits, the best first; of equal ones the one that was given first. Where probabilities
 * are so near 1 that 32 bits tell them apart no more, logits still do.
 */
export function topOf(logits: Float32Array, k: number): Top[] {
  if (!Number.isSafeInteger(k) || k < 0)
    throw new RankerInputError("k", `must be a whole number from 0, not ${String(k)}`);
  const places = largest(logits, Math.min(k, logits.length));
  const scores = Float32Array.from(places, (place) => logits[place]!);
  sigmoid(scores, scores, scores.length);
  return Array.from(places, (place, i) => ({ place, score: scores[i]! }));
}

/** Places of the `k` largest numbers, of which there are as many. A heap holds the best so far, the worst of them on top. */
function largest(values: Float32Array, k: number): Int32Array {
  const heap = Int32Array.from({ length: k }, (_, i) => i);
  const isWorse = (a: number, b: number) => values[a]! < values[b]! || (values[a] === values[b] && a > b);
  /** Puts `place` on top of a heap of `size` and lets it sink. */
  const sink = (place: number, from: number, size: number) => {
    let at = from;
    for (let child = 2 * at + 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && isWorse(heap[child + 1]!, heap[child]!)) child++;
      if (!isWorse(heap[child]!, place)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = place;
  };
  for (let i = (k >> 1) - 1; i >= 0; i--) sink(heap[i]!, i, k);
  for (let i = k; k > 0 && i < values.length; i++) if (isWorse(heap[0]!, i)) sink(i, 0, k);
  // From the last place on: the worst of what is left.
  for (let size = k - 1; size > 0; size--) {
    const worst = heap[0]!;
    sink(heap[size]!, 0, size);
    heap[size] = worst;
  }
  return heap;
}
