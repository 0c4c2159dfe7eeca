// Open rows: their name, their columns, and their files, each with the expression by which DuckDB reads it.

import type { FindingsOptions } from "../../../compiler/data/findings.ts";
import type { RawCell } from "../../../compiler/data/raw-values.ts";
import type { DataColumn, DataTable } from "../../../compiler/data/table.ts";
import type { DataFormat, FormatFacts } from "../../../compiler/frontend/config/data-format-list.ts";
import type { UnparsedRow } from "./csv-scan.ts";
import type { FileLocations } from "./file-locations.ts";

export interface SqlColumn extends DataColumn {
  /** Its name in DuckDB. */
  readonly sql: string;
  /** The same with all digits of decimal numbers, as texts; absent if `sql` loses none. */
  readonly exact?: string;
}

/** The column with all digits of its decimal numbers, as texts. */
export function exactColumn(column: SqlColumn): SqlColumn {
  const { exact } = column;
  return exact === undefined ? column : { ...column, sql: exact };
}

/** A file, apart from its content. */
export interface FileOrigin {
  /** Its name in messages. */
  readonly path: string;
  /** Its location. */
  readonly location: string;
  readonly format: FormatFacts<DataFormat>;
  /** Its state when it was opened. */
  readonly state: string;
  /** The names in the first line of a CSV, in order. */
  readonly names: readonly string[];
  /** Separates the values of a line of a CSV. */
  readonly delimiter: string;
}

/** An open file. */
export interface FilePart extends FileOrigin, DataTable<SqlColumn> {
  /** Its table expression in SQL. */
  readonly sql: string;
  /** For a copy: the location of the file itself, and its state when it was copied. */
  readonly copied?: { readonly location: string; readonly state: string };
  /** Fetches the content of columns, by their names, before they are read; absent if all is there. */
  readonly fetch?: (names: readonly string[]) => Promise<void>;
  /** For one of several files: the selected columns, so that all files have the same. */
  readonly selected?: string;
  /** The number of rows of the expression; null if it is known only after reading. */
  readonly rows: number | null;
  /** Rows of the file, from 0 and ascending, that the expression leaves out. */
  readonly leftOut: readonly number[];
  /** Those of them that do not parse, with the reasons; known if bad rows are left out. */
  readonly unreadable: readonly UnparsedRow[];
}

/** The rows of an address: of one file, or of several in sequence. */
export interface DataFile extends DataTable<SqlColumn> {
  /** The name of all the files together in messages. */
  readonly path: string;
  /** At least one, in their order. */
  readonly parts: readonly FilePart[];
  /** The number of rows to read; null if it is known only after reading. */
  readonly rows: number | null;
  /** Maps a row to its file and its row there. */
  readonly places: FileLocations;
}

/**
 * Tells whether there are no rows, because the file is empty. A file whose columns are all unfit does have
 * rows.
 */
export function isEmpty({ columns, unfit }: DataFile): boolean {
  return columns.size === 0 && (unfit?.size ?? 0) === 0;
}

/** The table expression by which DuckDB reads a file. */
export function tableIn({ sql, selected }: FilePart): string {
  return selected === undefined ? sql : `(SELECT ${selected} FROM ${sql})`;
}

/** The locations of a file's rows for findings. */
export function rowLocationsOf({ parts, places }: DataFile): Pick<FindingsOptions, "leftOut" | "places"> {
  const leftOut = parts.flatMap((part, i) =>
    part.leftOut.length === 0 ? [] : part.leftOut.map((row) => places.startOf(i) + row),
  );
  return { leftOut, places };
}

/** Neighbouring rows: from … to − 1. */
export type RowRange = readonly [from: number, to: number];

/** The rows of a file that has none in a window. */
export interface FileOutside {
  readonly rows: number;
  /** The number of those whose time is not known, which are wanted anyway. */
  readonly odd: number;
}

/** Which rows of a file are wanted, by the column at `place`; of others no further cell is read. */
export interface RowSelection {
  readonly place: number;
  /** The ranges of rows that `cells` describe; the first row is `first`. */
  rangesOf(cells: readonly RawCell[], first: number): readonly RowRange[];
  /** The rows of a part, if it is known that at most `odd` of them are wanted; otherwise null. */
  outside(part: FilePart, at: number): FileOutside | null;
  /** Receives rows that are not read because they are outside. */
  passOver(rows: FileOutside): void;
}
