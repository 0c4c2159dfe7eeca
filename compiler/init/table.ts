// What a draft is made from: the rows of a file that were looked at, by column.

export type Single = string | number | bigint | boolean | null;
/** A value, or a list of values or of lists; null where the file has nothing. */
export type Cell = Single | readonly Cell[];

export interface TableColumn {
  /** As the file has it. */
  readonly header: string;
  /** `text` in a CSV; otherwise `BIGINT`, `VARCHAR[]`, … */
  readonly typeName: string;
  readonly cells: readonly Cell[];
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
