// The interface of a format: how to open its files, and where they do not parse.

import type { DuckDBConnection } from "@duckdb/node-api";
import type { CsvFormat } from "../../../compiler/frontend/config/csv-format.ts";
import type { ReadingEnd, UnparsedRow } from "./csv-scan.ts";
import type { FileOrigin, FilePart } from "./data-file.ts";
import type { FileCopies } from "./file-copies.ts";

/** One object per format; `registry.ts` lists them. */
export interface FileFormat {
  /** A copy to read instead of the file, with its delimiter; null if the file can be read directly. */
  copy(path: string, opening: Opening): Promise<FileCopy | null>;
  /** Throws DiagnosticError for a file whose bytes DuckDB would misread. */
  check(path: string): Promise<void>;
  /** Throws DiagnosticError for mistakes of the whole file. */
  open(origin: FileOrigin, opening: Opening): Promise<FilePart>;
  /** The first row that does not parse; null if only DuckDB knows. */
  firstUnreadable(origin: FileOrigin, opening: Opening): Promise<UnparsedRow | ReadingEnd | null>;
  /** The diagnostic for an error of DuckDB while reading `columns`. */
  problemOf(
    origin: FileOrigin,
    columns: readonly string[],
    error: unknown,
    opening: Opening,
  ): Promise<unknown>;
  /** The names of the columns that a pandas index was written to; absent if the format does not say. */
  indexColumns?(part: FilePart, opening: Pick<Opening, "rowsOf">): Promise<ReadonlySet<string>>;
  /** The source and the options by which Spark reads it; null if Spark does not. */
  spark(csv: CsvFormat): SparkSource | null;
}

export interface FileCopy {
  readonly location: string;
  readonly delimiter: string | null;
}

export interface SparkSource {
  readonly source: string;
  readonly options: Readonly<Record<string, string>>;
}

/** The inputs of opening a file. */
export interface Opening {
  readonly connection: DuckDBConnection;
  /** True if rows that do not parse are left out. */
  readonly isTolerant: boolean;
  readonly csv: CsvFormat;
  readonly copies: FileCopies;
  /** The few result rows of a query about a file. */
  rowsOf(origin: FileOrigin, query: string): Promise<readonly (readonly unknown[])[]>;
  /** The diagnostic for an error of DuckDB, unless the file was changed. */
  problemOf(origin: FileOrigin, columns: readonly string[], error: unknown): Promise<unknown>;
}
