// The SQL by which DuckDB reads a text file: exactly that file, without columns from folder names.

import { fileInSql, quoted } from "../../duckdb/sql-text.ts";
import { isCompressed } from "./compressed-file.ts";

/** The table expression of a CSV with this number of columns, called c0, c1, …. */
export function csvInSql(path: string, delimiter: string, columns: number): string {
  const types = Array.from({ length: columns }, (_, i) => `'c${i}': 'VARCHAR'`).join(", ");
  const format = `auto_detect=false, header=true, delim=${quoted(delimiter)}, quote='"', escape='"', columns={${types}}`;
  return `read_csv(${fileInSql(path)}, ${format}, ${compression(path)})`;
}

/** The table expression of JSON. */
export function jsonInSql(path: string, name: "json" | "json_lines"): string {
  const format = name === "json" ? "auto" : "newline_delimited";
  return `read_json(${fileInSql(path)}, format='${format}', sample_size=-1, ${compression(path)})`;
}

/** The lines of a JSON Lines file as JSON; null for invalid lines. */
export function linesInSql(path: string): string {
  const format = "format='newline_delimited', ignore_errors=true";
  return `read_json_objects(${fileInSql(path)}, ${format}, ${compression(path)})`;
}

/** DuckDB recognises a compressed file only by a lower-case ending. */
function compression(path: string): string {
  return `${isCompressed(path) ? "compression='gzip', " : ""}hive_partitioning=false`;
}
