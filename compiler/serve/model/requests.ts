// Declares requests, candidates and scores as a generated module does for its own model. The declarations of
// this folder fit any model, so the library is type-checked as ordinary code. Generated modules contain none
// of them.

import type { Columns, EncodedColumn, Records } from "../columns.ts";
import type { EmbeddingSource } from "../tables.ts";

export type Candidate = object;
export type Candidates = Records;
export type CandidateColumns = Readonly<Record<string, EncodedColumn>>;
export type Histories = object;
export type HistoryColumns = Readonly<Record<string, Columns<object>>>;
export type UserRequest = object;
/** New steps by history. */
export type UserEvent = object;
export interface Request extends UserRequest {
  readonly candidates: Candidates;
}
export type Scores = Float32Array | Readonly<Record<string, Float32Array>>;
/** The label that orders candidates, if there are several. */
export type RankedBy = readonly [] | readonly [label: string];
/** The tables outside the weights file. */
export type Tables = Readonly<Record<string, EmbeddingSource>>;
