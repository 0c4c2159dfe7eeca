// Rows that are open for reading: their name, their columns, and the files that they lie in, each with the
// expression by which DuckDB reads it.

import type { FindingsOptions } from "../../../compiler/data/findings.ts";
import type { RawCell } from "../../../compiler/data/raw-values.ts";
import type { DataColumn, DataTable } from "../../../compiler/data/table.ts";
import type { DataFormat, FormatFacts } from "../../../compiler/frontend/config/data-format-list.ts";
import type { UnparsedRow } from "./csv-rows.ts";
import type { FileRows } from "./file-rows.ts";

export interface SqlColumn extends DataColumn {
  /** How DuckDB calls it. */
  readonly sql: string;
  /** The same with all digits of decimal numbers, as texts; absent where `sql` loses none. */
  readonly exact?: string;
}

/** The column so that decimal numbers keep all their digits: as texts. */
export function exactColumn(column: SqlColumn): SqlColumn {
  const { exact } = column;
  return exact === undefined ? column : { ...column, sql: exact };
}

/** A file, whatever is read of it. */
export interface FileOrigin {
  /** How messages call it. */
  readonly path: string;
  /** Where it lies. */
  readonly location: string;
  readonly format: FormatFacts<DataFormat>;
  /** As it was when it was opened. */
  readonly state: string;
  /** What the first line of a CSV names, in its order. */
  readonly names: readonly string[];
  /** What stands between the values of a line of a CSV. */
  readonly delimiter: string;
}

/** An open file. */
export interface FilePart extends FileOrigin, DataTable<SqlColumn> {
  /** Its table expression in SQL. */
  readonly sql: string;
  /** Where it is read from a copy: where the file itself lies, and what it was when it was copied. */
  readonly copied?: { readonly location: string; readonly state: string };
  /** Where it is one of several: what is selected of it, so that all of them have the same columns. */
  readonly selected?: string;
  /** How many rows the expression has; null where only reading tells. */
  readonly rows: number | null;
  /** Rows of the file, from 0 and ascending, that the expression does not have. */
  readonly leftOut: readonly number[];
  /** Those of them that do not parse, and why; known where bad rows are left out. */
  readonly unreadable: readonly UnparsedRow[];
}

/** The rows of an address: those of one file, or of several, one after the other. */
export interface DataFile extends DataTable<SqlColumn> {
  /** How messages call all of them. */
  readonly path: string;
  /** At least one, in their order. */
  readonly parts: readonly FilePart[];
  /** How many rows are read; null where only reading tells. */
  readonly rows: number | null;
  /** Which row of which file a row is. */
  readonly places: FileRows;
}

/** Whether there are no rows, as nothing is written. Files whose columns are all unfit do have rows. */
export function isEmpty({ columns, unfit }: DataFile): boolean {
  return columns.size === 0 && (unfit?.size ?? 0) === 0;
}

/** Where DuckDB reads a file from. */
export function tableIn({ sql, selected }: FilePart): string {
  return selected === undefined ? sql : `(SELECT ${selected} FROM ${sql})`;
}

/** How findings about the rows of a file say where these are. */
export function placedIn({ parts, places }: DataFile): Pick<FindingsOptions, "leftOut" | "places"> {
  const leftOut = parts.flatMap((part, i) =>
    part.leftOut.length === 0 ? [] : part.leftOut.map((row) => places.startOf(i) + row),
  );
  return { leftOut, places };
}

/** Neighbouring rows: from … to − 1. */
export type RowRange = readonly [from: number, to: number];

/** Which rows of a file are wanted, by the column at `place`; of others no further cell is read. */
export interface RowSelection {
  readonly place: number;
  /** Of some rows, the first of which is `first`. */
  rangesOf(cells: readonly RawCell[], first: number): readonly RowRange[];
}
