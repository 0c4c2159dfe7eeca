// The attention of the network: a weight for each step of a history, read from values that scoring computes
// anyway.

import { candidatesAtATime } from "./buffers.ts";
import { countRecords } from "./columns.ts";
import { attend } from "./kernels/attention.ts";
import { CandidateValues, RequestValues } from "./model/program.ts";
import type { Request } from "./model/requests.ts";
import { ATTENTIONS } from "./model/tables.ts";
import type { HistoryPart } from "./parts.ts";
import type { Attention } from "./plan.ts";
import { candidatesOf, computeBlock, readRequest, type ServedNetwork } from "./scoring.ts";

/** Weights of 1 for each candidate and step. */
export function newWeights(candidates: number, steps: number): Float32Array[] {
  return Array.from({ length: candidates }, () => new Float32Array(steps).fill(1));
}

/**
 * Multiplies the weights of `count` candidates from `from` on by the numbers at `column` of x [steps, width],
 * which has `each` steps for each candidate, or for all candidates together.
 */
export function weighSteps(
  weights: readonly Float32Array[],
  from: number,
  count: number,
  x: Float32Array,
  each: number,
  width: number,
  column: number,
  byCandidate: boolean,
): void {
  for (let n = 0; n < count; n++) {
    const own = weights[from + n]!;
    let i = (byCandidate ? n * each : 0) * width + column;
    for (let s = 0; s < own.length; s++, i += width) own[s] = own[s]! * x[i]!;
  }
}

/**
 * Multiplies the weights by those within attention: softmax(scale · q kᵀ) for one head and the query at index
 * `asking` of `queriesEach`, which sees all keys. q [queries, width], k [keys, width], for each candidate or
 * for all of them
 */
export function askSteps(
  weights: readonly Float32Array[],
  from: number,
  count: number,
  q: Float32Array,
  queriesEach: number,
  asking: number,
  qByCandidate: boolean,
  k: Float32Array,
  keysEach: number,
  kByCandidate: boolean,
  width: number,
  heads: number,
  head: number,
  scale: number,
): void {
  const all = new Float64Array(keysEach);
  const inHead = width / heads;
  for (let n = 0; n < count; n++) {
    const query = ((qByCandidate ? n * queriesEach : 0) + asking) * width + head * inHead;
    const firstKey = (kByCandidate ? n * keysEach : 0) * width + head * inHead;
    attend(all, keysEach, q, query, k, firstKey, width, inHead, scale);
    const own = weights[from + n]!;
    for (let s = 0; s < own.length; s++) own[s] = all[s]!;
  }
}

/** Scores with its own buffers, and records the weights of steps. */
export function explain(network: ServedNetwork, request: Request): Attention[] {
  const { w, inputs } = network;
  // WebAssembly keeps only values that scores need.
  const [q, c] = [new RequestValues(null), new CandidateValues(null)];
  readRequest(network, q, request);
  const candidates = candidatesOf(request);
  const count = countRecords(candidates, "candidates", inputs.candidates);
  const found = ATTENTIONS.map(({ weigh, ...about }) => {
    const history = inputs.parts.find(({ name }) => name === about.history) as HistoryPart;
    const weights = newWeights(count, history.count);
    return { weigh, attention: { ...about, first: history.from, weights } };
  });
  const block = candidatesAtATime(q.longest);
  for (let from = 0; from < count; from += block) {
    const n = Math.min(block, count - from);
    computeBlock(network, q, c, candidates, from, n);
    for (const { weigh, attention } of found)
      for (const put of weigh) put({ weights: attention.weights, from, n, w, q, c });
  }
  return found.map(({ attention }) => attention);
}
