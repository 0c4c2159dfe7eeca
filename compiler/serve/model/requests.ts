// What a generated module declares of its model: requests, candidates and scores. This folder has any model's, so that the
// library beside it is checked as ordinary code; the library takes nothing from here along.

import type { Columns, EncodedColumn, Records } from "../columns.ts";
import type { EmbeddingSource } from "../tables.ts";

export type Candidate = object;
export type Candidates = Records;
export type CandidateColumns = Readonly<Record<string, EncodedColumn>>;
export type Histories = object;
export type HistoryColumns = Readonly<Record<string, Columns<object>>>;
export type UserRequest = object;
export interface Request extends UserRequest {
  readonly candidates: Candidates;
}
export type Scores = Float32Array | Readonly<Record<string, Float32Array>>;
/** The label to put candidates in an order by, where there are several. */
export type RankedBy = readonly [] | readonly [label: string];
/** Tables that the weights file does not hold. */
export type Tables = Readonly<Record<string, EmbeddingSource>>;
