// Declarations that take the places of others in the module of a model whose candidates see one another: all
// candidates of a request are computed together.

import type { Records } from "./columns.ts";
import { type CandidateValues, computeCandidates, type RequestValues } from "./model/program.ts";
import { MOST_CANDIDATES } from "./model/tables.ts";
import { readCandidates } from "./parts.ts";
import { RankerInputError, readList } from "./requests.ts";
import type { ServedNetwork } from "./scoring.ts";
import type { GoldenRequest } from "./weights.ts";

/** In place of `candidatesAtATime`: one more than the model takes, which `computeTogether` refuses. */
export function candidatesTogether(_steps: number): number {
  return MOST_CANDIDATES + 1;
}

/** In place of `computeBlock`. @throws RankerInputError if there are more candidates than the model takes. */
export function computeTogether(
  { w, inputs, counted }: ServedNetwork,
  q: RequestValues,
  c: CandidateValues,
  candidates: Records,
  from: number,
  n: number,
): void {
  requireFew(n);
  readCandidates(inputs, q, c, candidates, from, n);
  counted?.addCandidates(c, candidates, from, n);
  computeCandidates(w, q, c, n);
}

/** In place of `readSomeCandidates`, in the encoder of an ONNX folder. @throws RankerInputError */
export function readSomeTogether(request: { readonly candidates: unknown }): readonly unknown[] {
  const candidates = readList(request.candidates, "candidates");
  if (candidates.length === 0) throw new RankerInputError("candidates", "must hold one at least");
  requireFew(candidates.length);
  return candidates;
}

export function requireFew(candidates: number): void {
  if (candidates > MOST_CANDIDATES)
    throw new RankerInputError(
      "candidates",
      `must be at most ${MOST_CANDIDATES}, because the model scores them together`,
    );
}

/** In place of `repeated`: repeated candidates would change the scores of all. */
export function notRepeated(golden: GoldenRequest): GoldenRequest {
  return golden;
}
