// Reads a request into a network's buffers and scores its candidates, by the tables of inputs and outputs.
// Uses index loops: with few candidates, iterators would take a measurable part of the time.

import { candidatesAtATime } from "./buffers.ts";
import { countRecords, type Records } from "./columns.ts";
import type { RankerCounters } from "./counting.ts";
import {
  type CandidateValues,
  computeCandidates,
  computeRequest,
  type RequestValues,
  reserveCandidates,
  reserveRequest,
  type Weights,
} from "./model/program.ts";
import type { Candidates, Request, Scores, UserRequest } from "./model/requests.ts";
import { newScores, OUTPUTS } from "./model/tables.ts";
import type { Inputs } from "./parts.ts";
import { propertyOf } from "./requests.ts";
import { checkOut } from "./scores.ts";

/** The state that all sessions of a ranker share. */
export interface ServedNetwork {
  readonly w: Weights;
  readonly inputs: Inputs;
  /** Its content does not outlive a call. */
  readonly c: CandidateValues;
  /** Null without counting. */
  counted: RankerCounters | null;
}

/** Reads a request, and computes everything that is independent of candidates. */
export function readRequest(
  { w, inputs, counted }: ServedNetwork,
  q: RequestValues,
  request: UserRequest,
): void {
  const { parts, ofRequest } = inputs;
  q.longest = 0;
  for (let i = 0; i < parts.length; i++) parts[i]!.open?.(q, request);
  reserveRequest(w, q);
  for (let i = 0; i < parts.length; i++) parts[i]!.read(q, request);
  if (ofRequest !== undefined) for (const compute of ofRequest) compute(q);
  counted?.addRequest(q);
  computeRequest(w, q);
}

export function candidatesOf(request: Request): Candidates {
  return propertyOf(request, "candidates") as Candidates;
}

/** Reads n candidates, and computes everything that their scores need. */
export function computeBlock(
  { w, inputs, counted }: ServedNetwork,
  q: RequestValues,
  c: CandidateValues,
  candidates: Records,
  from: number,
  n: number,
): void {
  reserveCandidates(w, q, c, n);
  const { candidates: read, ofCandidate } = inputs;
  for (let i = 0; i < read.length; i++) read[i]!.read(c, candidates, from, n, "candidates");
  if (ofCandidate !== undefined)
    for (const compute of ofCandidate) for (let i = 0; i < n; i++) compute(q, c, i);
  if (counted !== null) counted.addCandidates(c, candidates, from, n);
  computeCandidates(w, q, c, n);
}

/** Scores all candidates, block by block; no score depends on another candidate. */
export function score(
  network: ServedNetwork,
  q: RequestValues,
  candidates: Candidates,
  out: Scores | undefined,
  asProbabilities: boolean,
): Scores {
  const { c, counted } = network;
  const count = countRecords(candidates, "candidates", network.inputs.candidates);
  const scores = out ?? newScores(count);
  if (out !== undefined)
    for (const { label, width, listIn } of OUTPUTS)
      checkOut(listIn(out), OUTPUTS.length === 1 ? "out" : `out.${label}`, count * width);
  q.wasm?.own(q);
  const block = candidatesAtATime(c.wasm !== null ? 0 : q.longest);
  for (let from = 0; from < count; from += block) {
    const n = Math.min(block, count - from);
    computeBlock(network, q, c, candidates, from, n);
    for (let i = 0; i < OUTPUTS.length; i++) {
      const { listIn, channels } = OUTPUTS[i]!;
      for (let j = 0; j < channels.length; j++) channels[j]!(listIn(scores), from, c, n);
    }
  }
  for (let i = 0; asProbabilities && i < OUTPUTS.length; i++)
    OUTPUTS[i]!.predict?.(OUTPUTS[i]!.listIn(scores), count);
  counted?.addScores(scores, count, asProbabilities);
  return scores;
}
