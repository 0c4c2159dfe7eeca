// Scores the candidates of a request, by the tables of inputs and outputs.

import { candidatesAtATime } from "./buffers.ts";
import { countRecords, type Records } from "./columns.ts";
import type { RankerCounters } from "./counting.ts";
import {
  type CandidateValues,
  computeCandidates,
  computeRequest,
  type RequestValues,
  type Weights,
} from "./model/program.ts";
import type { Candidates, Request, Scores, UserRequest } from "./model/requests.ts";
import { newScores, OUTPUTS, predict, putLogits } from "./model/tables.ts";
import { type Inputs, readCandidates, readParts } from "./parts.ts";
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
  readParts(inputs, q, request);
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
  readCandidates(inputs, q, c, candidates, from, n);
  counted?.addCandidates(c, candidates, from, n);
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
    for (const { label, width, isOfRequest, listIn } of OUTPUTS)
      checkOut(listIn(out), OUTPUTS.length === 1 ? "out" : `out.${label}`, (isOfRequest ? 1 : count) * width);
  q.wasm?.own(q);
  const block = candidatesAtATime(c.wasm !== null ? 0 : q.longest);
  // A request without candidates may have outputs of its own.
  for (let from = 0; from === 0 || from < count; from += block) {
    const n = Math.min(block, count - from);
    computeBlock(network, q, c, candidates, from, n);
    putLogits(scores, from, c, n);
  }
  if (asProbabilities) predict(scores, count);
  counted?.addScores(scores, count, asProbabilities);
  return scores;
}
