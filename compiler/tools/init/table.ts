// The input of a draft: the sampled rows of a file, by column. Values are the texts that a CSV has for them,
// whatever the format of the file, so that the same rows give the same draft.

/** A value, or a list of values or of lists; null where the file has nothing. */
export type Cell = string | null | readonly Cell[];

export interface TableColumn {
  /** As the file has it. */
  readonly header: string;
  /** `text` in a CSV; otherwise `BIGINT`, `VARCHAR[]`, …, which says whether there are lists or records. */
  readonly typeName: string;
  readonly cells: readonly Cell[];
  /** The table beside the rows that has it; absent where the rows have it, or nothing is known. */
  readonly of?: "items" | "users";
}

export interface Table {
  readonly path: string;
  readonly columns: readonly TableColumn[];
  /** Names that several columns have, none of which is among `columns`. */
  readonly ambiguous: readonly string[];
  /** Rows that were looked at, and rows that the file has: more where only some were drawn. */
  readonly rows: number;
  readonly total: number;
}
