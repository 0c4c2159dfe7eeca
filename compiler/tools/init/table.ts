// The input of a draft: the sampled rows of a file, by column. Values are texts as in a CSV, whatever the
// format of the file, so that the same rows give the same draft.

import type { RowLocation, RowLocations } from "../../data/findings.ts";

/** A value, or a list of values or of lists; null if it is missing. */
export type DraftCell = string | null | readonly DraftCell[];

export interface DraftColumn {
  /** The name in the file. */
  readonly header: string;
  /** `text` for a CSV; otherwise a type such as `BIGINT` or `VARCHAR[]`, which shows lists and records. */
  readonly typeName: string;
  readonly cells: readonly DraftCell[];
  /**
   * Rows with a number in another format than the file's, such as 12.5 in a file with 12,5; absent if there
   * are none.
   */
  readonly unlike?: ReadonlySet<number>;
  /** Whether pandas wrote the column as the index of its rows. */
  readonly isIndex?: true;
  /**
   * The items or users table that the column comes from; absent for the rows' own columns, or if it is
   * unknown.
   */
  readonly of?: "items" | "users";
}

export interface UnreadableRow {
  readonly place: RowLocation;
  readonly reason: string;
}

export interface Unjoined {
  /** The key in the rows. */
  readonly column: string;
  /** The path of the table. */
  readonly table: string;
  readonly rows: readonly number[];
}

export interface DraftTable {
  readonly path: string;
  readonly columns: readonly DraftColumn[];
  /** Names that several columns share; these columns are not among `columns`. */
  readonly ambiguous: readonly string[];
  /** The numbers of rows that were read and of rows in the file, which has more if they were sampled. */
  readonly rows: number;
  readonly total: number;
  /** The location of each row; absent if these are all rows of one file, in its order. */
  readonly places?: RowLocations;
  /** Rows whose item or user has no row in its table, by table; absent if all have. */
  readonly unjoined?: readonly Unjoined[];
  /** The other parts of the data set, whose names say that they are, as dinc.yaml names them; absent if there are none. */
  readonly splits?: { readonly valid: string | null; readonly test: string | null };
  /** Rows that do not parse, which are not among these; absent if all parse. */
  readonly unreadable?: readonly UnreadableRow[];
}
