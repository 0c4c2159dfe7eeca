// Reads a request into a network's buffers and scores its candidates, by the tables of inputs and outputs.

import { candidatesAtATime } from "./buffers.ts";
import { type ColumnShape, countRecords, type Records } from "./columns.ts";
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
import { OUTPUTS } from "./model/tables.ts";
import { newScores, scoresOf } from "./outputs.ts";
import type { Inputs } from "./parts.ts";
import { propertyOf } from "./requests.ts";
import { checkOut, copyScores } from "./scores.ts";

/** What all sessions of a ranker share. */
export interface ServedNetwork {
  readonly w: Weights;
  readonly inputs: Inputs;
  /** What columns of candidates must hold. */
  readonly shape: ColumnShape;
  /** Holds nothing between two calls. */
  readonly c: CandidateValues;
  /** Null while nothing is counted. */
  counted: RankerCounters | null;
}

/** Reads a request, and computes all that no candidate changes. */
export function readRequest(
  { w, inputs, counted }: ServedNetwork,
  q: RequestValues,
  request: UserRequest,
): void {
  q.longest = 0;
  for (const part of inputs.parts) part.open?.(q, request);
  reserveRequest(w, q);
  for (const part of inputs.parts) part.read(q, request);
  for (const compute of inputs.ofRequest ?? []) compute(q);
  counted?.addRequest(q);
  computeRequest(w, q);
}

export function candidatesOf(request: Request): Candidates {
  return propertyOf(request, "candidates") as Candidates;
}

export function countCandidates(candidates: Candidates, { shape }: ServedNetwork): number {
  return countRecords(candidates, "candidates", shape);
}

/** Reads n candidates, and computes all that scores need of them. */
export function computeBlock(
  { w, inputs, counted }: ServedNetwork,
  q: RequestValues,
  c: CandidateValues,
  candidates: Records,
  from: number,
  n: number,
): void {
  reserveCandidates(w, q, c, n);
  for (const input of inputs.candidates) input.read(c, candidates, from, n, "candidates");
  for (const compute of inputs.ofCandidate ?? []) for (let i = 0; i < n; i++) compute(q, c, i);
  if (counted !== null) counted.addCandidates(c, candidates, from, n);
  computeCandidates(w, q, c, n);
}

/** Scores of all candidates, block by block: none depends on another candidate. */
export function score(
  network: ServedNetwork,
  q: RequestValues,
  candidates: Candidates,
  out: Scores | undefined,
  asProbabilities: boolean,
): Scores {
  const { c, counted } = network;
  const count = countCandidates(candidates, network);
  const scores = out ?? newScores(count);
  for (const { label, channels } of OUTPUTS)
    checkOut(scoresOf(scores, label), OUTPUTS.length === 1 ? "out" : `out.${label}`, count * channels.length);
  q.wasm?.own(q);
  const block = candidatesAtATime(c.wasm !== null ? 0 : q.longest);
  for (let from = 0; from < count; from += block) {
    const n = Math.min(block, count - from);
    computeBlock(network, q, c, candidates, from, n);
    for (const { label, channels } of OUTPUTS) {
      const own = scoresOf(scores, label);
      for (let i = 0; i < channels.length; i++) {
        const { of, isByCandidate } = channels[i]!;
        copyScores(own, from, of(c), n, isByCandidate, channels.length, i);
      }
    }
  }
  if (asProbabilities) for (const { label, predict } of OUTPUTS) predict?.(scoresOf(scores, label), count);
  if (counted !== null) counted.addScores(scores, count, asProbabilities);
  return scores;
}
