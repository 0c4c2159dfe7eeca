// Finds the best of many candidates without sorting all of them.

import { sigmoid } from "./kernels/elementwise.ts";
import { RankerInputError } from "./requests.ts";
import { softmaxRows } from "./scores.ts";

/** One of the best candidates. */
export interface Top {
  /** The index among the candidates, from 0. */
  readonly index: number;
  /** Its probability; for a label that is a number, or has numbers as classes, the expected number. */
  readonly score: number;
}

/**
 * The k candidates with the largest logits, the best first; of equal ones the first. Logits still differ when
 * probabilities are too near 1 to differ in 32 bits.
 */
export function topOf(logits: Float32Array, k: number): Top[] {
  const best = topNumbers(logits, k);
  const scores = Float32Array.from(best, ({ score }) => score);
  sigmoid(scores, scores, scores.length);
  return best.map(({ index }, i) => ({ index, score: scores[i]! }));
}

/** The same by numbers, which are the scores. */
export function topNumbers(numbers: Float32Array, k: number): Top[] {
  if (!Number.isSafeInteger(k) || k < 0)
    throw new RankerInputError("k", `must be a whole number from 0, not ${String(k)}`);
  const indices = largest(numbers, Math.min(k, numbers.length));
  return Array.from(indices, (index) => ({ index, score: numbers[index]! }));
}

/**
 * Expected values of classes that are the whole numbers from `low` on, from their logits, which it replaces
 * by probabilities.
 */
export function expectedOf(logits: Float32Array, low: number, classes: number): Float32Array {
  const count = logits.length / classes;
  softmaxRows(logits, classes, count);
  return Float32Array.from({ length: count }, (_, candidate) => {
    let sum = 0;
    for (let i = 0; i < classes; i++) sum += (low + i) * logits[candidate * classes + i]!;
    return sum;
  });
}

/**
 * The indices of the `k` largest of at least `k` numbers. A heap holds the best so far, the worst of them on
 * top.
 */
function largest(values: Float32Array, k: number): Int32Array {
  const heap = Int32Array.from({ length: k }, (_, i) => i);
  const isWorse = (a: number, b: number) => values[a]! < values[b]! || (values[a] === values[b] && a > b);
  /** Puts `index` at `from` in a heap of `size` and sifts it down. */
  const sink = (index: number, from: number, size: number) => {
    let at = from;
    for (let child = 2 * at + 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && isWorse(heap[child + 1]!, heap[child]!)) child++;
      if (!isWorse(heap[child]!, index)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = index;
  };
  for (let i = (k >> 1) - 1; i >= 0; i--) sink(heap[i]!, i, k);
  for (let i = k; k > 0 && i < values.length; i++) if (isWorse(heap[0]!, i)) sink(i, 0, k);
  // Fills from the end: the worst of the rest comes next.
  for (let size = k - 1; size > 0; size--) {
    const worst = heap[0]!;
    sink(heap[size]!, 0, size);
    heap[size] = worst;
  }
  return heap;
}
