// The input of a draft: the sampled rows of a file, by column. Values are the texts that a CSV has for them,
// whatever the format of the file, so that the same rows give the same draft.

import type { RowLocation, RowLocations } from "../../data/findings.ts";

/** A value, or a list of values or of lists; null where the file has nothing. */
export type DraftCell = string | null | readonly DraftCell[];

export interface DraftColumn {
  /** As the file has it. */
  readonly header: string;
  /** `text` in a CSV; otherwise `BIGINT`, `VARCHAR[]`, …, which says whether there are lists or records. */
  readonly typeName: string;
  readonly cells: readonly DraftCell[];
  /** Rows whose number is written otherwise than the file writes numbers, as 12.5 beside 12,5; absent where none is. */
  readonly unlike?: ReadonlySet<number>;
  /** The table beside the rows that has it; absent where the rows have it, or nothing is known. */
  readonly of?: "items" | "users";
}

export interface UnreadableRow {
  readonly place: RowLocation;
  readonly reason: string;
}

export interface DraftTable {
  readonly path: string;
  readonly columns: readonly DraftColumn[];
  /** Names that several columns have, none of which is among `columns`. */
  readonly ambiguous: readonly string[];
  /** Rows that were looked at, and rows that the file has: more where only some were drawn. */
  readonly rows: number;
  readonly total: number;
  /** Where a row of these lies; absent where they are all rows of one file, in its order. */
  readonly places?: RowLocations;
  /** Rows that do not parse, which are not among these; absent where all do. */
  readonly unreadable?: readonly UnreadableRow[];
}
