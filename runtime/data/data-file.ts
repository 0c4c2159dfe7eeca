// An open data file: its name, its columns, and the expression by which DuckDB reads it.

import type { DataColumn, Table } from "../../compiler/data/table.ts";
import type { DataFormat } from "../../compiler/frontend/config/data-formats.ts";
import type { Unreadable } from "./csv-rows.ts";

export interface SqlColumn extends DataColumn {
  /** How DuckDB calls it. */
  readonly sql: string;
}

/** A file, whatever is read of it. */
export interface Origin {
  /** How messages call it. */
  readonly path: string;
  /** Where it lies. */
  readonly location: string;
  readonly format: DataFormat;
  /** As it was when it was opened. */
  readonly state: string;
  /** What the first line of a CSV names, in its order. */
  readonly names: readonly string[];
}

/** An open file. */
export interface DataFile extends Origin, Table<SqlColumn> {
  /** Its table expression in SQL. */
  readonly sql: string;
  /** How many rows the expression has; null where only reading tells. */
  readonly rows: number | null;
  /** Rows of the file, from 0 and ascending, that the expression does not have. */
  readonly leftOut: readonly number[];
  /** Those of them that do not parse, and why; known where bad rows are left out. */
  readonly unreadable: readonly Unreadable[];
}
