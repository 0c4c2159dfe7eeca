// Finds the damaged part of a Parquet file, which Parquet's errors do not name.

import { errorOf, queryAlone } from "../../duckdb/alone.ts";
import { fileInSql, identifier } from "../../duckdb/sql-text.ts";

/** The number of rows that DuckDB decodes at a time. */
const ROWS = 2048;

export interface ParquetFault {
  /** The first row, from 0, that cannot be read, or one shortly before it. */
  readonly row: number;
  readonly column: string;
}

/** Null if the file cannot be read at all, or now can. `columns` are names. */
export async function parquetFault(path: string, columns: readonly string[]): Promise<ParquetFault | null> {
  const query = `SELECT num_rows FROM parquet_file_metadata(${fileInSql(path)})`;
  const rows = await queryAlone(query).catch(() => null);
  if (rows === null) return null;
  let first: ParquetFault | null = null;
  for (const column of columns) {
    const reads = (count: number) => canRead(path, column, count);
    let end: number = first === null ? Number(rows) : first.row + ROWS;
    if (await reads(end)) continue;
    // `begin` rows can be read, `end` rows cannot.
    let begin = 0;
    while (end - begin > ROWS) {
      const middle = begin + Math.ceil((end - begin) / 2 / ROWS) * ROWS;
      if (await reads(middle)) begin = middle;
      else end = middle;
    }
    if (first === null || begin < first.row) first = { row: begin, column };
  }
  return first;
}

async function canRead(path: string, column: string, rows: number): Promise<boolean> {
  const values = `SELECT ${identifier(column)} AS value FROM read_parquet(${fileInSql(path)}, hive_partitioning=false) LIMIT ${rows}`;
  return (await errorOf(`SELECT bit_xor(hash(value)) FROM (${values})`)) === null;
}
