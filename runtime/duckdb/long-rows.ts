// Limits the size of texts and lists that DuckDB returns at a time. It always returns 2,048 rows whatever
// their size, and a Parquet dictionary or a compressed text can expand to any size: 2,048 texts of 1 MB each
// are 2 GB.

import { CHUNK_ROWS } from "./streamed.ts";
import { typeOfCells } from "./values.ts";

/** The error message of a query that finds a long row. */
const LONG_ROW = "dinc: a long row";

/** The expression and type of a column. */
interface ReadColumn {
  readonly sql: string;
  readonly typeName: string;
}

/** Neighbouring rows with too many bytes. */
export interface LongBlock {
  /** The first of these rows, from 0. */
  readonly row: number;
  /** The column with the most bytes. */
  readonly column: number;
  readonly bytes: number;
}

/**
 * The query for columns of `source`. It fails at the first row so long that 2,048 such rows would exceed
 * `most` bytes; null for any length.
 */
export function selecting(source: string, columns: readonly ReadColumn[], most: number | null): string {
  const selected = columns.length === 0 ? "1" : columns.map(({ sql }) => sql).join(", ");
  const sizes = columns.flatMap((column) => sizeOf(column) ?? []);
  if (most === null || sizes.length === 0) return `SELECT ${selected} FROM ${source}`;
  const isLong = `${sizes.join(" + ")} > ${Math.floor(most / CHUNK_ROWS)}`;
  return `SELECT ${selected} FROM ${source} WHERE CASE WHEN ${isLong} THEN error('${LONG_ROW}') ELSE true END`;
}

/** Whether a query of `selecting` failed at a long row. */
export function isLongRow(error: unknown): boolean {
  return error instanceof Error && error.message.includes(LONG_ROW);
}

/** The query for the first 2,048 rows, before row `limit`, that contain more than `most` bytes. */
export function longRows(
  source: string,
  columns: readonly ReadColumn[],
  most: number,
  limit: number,
): string {
  const sizes = columns.map((column, i) => `${sizeOf(column) ?? 0} AS s${i}`);
  const sums = columns.map((_, i) => `sum(s${i})`);
  const numbered = `SELECT row_number() OVER () - 1 AS n, ${sizes.join(", ")} FROM ${source}`;
  const before = Number.isFinite(limit) ? ` WHERE n < ${limit}` : "";
  return `SELECT n // ${CHUNK_ROWS} * ${CHUNK_ROWS}, ${sums.join(", ")} FROM (${numbered})${before} GROUP BY n // ${CHUNK_ROWS} HAVING ${sums.join(" + ")} > ${most} ORDER BY 1 LIMIT 1`;
}

/** Reads the result of that query; null if no rows are too long. */
export function longRowsIn([found]: readonly (readonly unknown[])[]): LongBlock | null {
  if (found === undefined) return null;
  const [row, ...sums] = found.map(Number);
  const column = sums.indexOf(Math.max(...sums));
  return { row: row!, column, bytes: sums.reduce((all, bytes) => all + bytes, 0) };
}

/** The bytes of a value in SQL; null for types whose values are short. */
function sizeOf({ sql, typeName: declared }: ReadColumn): string | null {
  const typeName = typeOfCells(declared);
  const element = /^(.*)\[\d*\]$/.exec(typeName)?.[1];
  if (element !== undefined) {
    const each = sizeOf({ sql: "x", typeName: element });
    return each === null
      ? `coalesce(len(${sql}), 0) * 8`
      : `coalesce(list_sum(list_transform(${sql}, lambda x: ${each} + 8)), 0)`;
  }
  if (/^(text|VARCHAR|JSON|ENUM)/.test(typeName)) return `coalesce(strlen(${sql}), 0)`;
  // The size before it is written as text, which takes up to four characters for a byte.
  const blob = typeName === "BLOB" ? /^CAST\((.*) AS VARCHAR\)$/.exec(sql)?.[1] : undefined;
  if (blob !== undefined) return `coalesce(octet_length(${blob}) * 4, 0)`;
  return /^(STRUCT|MAP|UNION|BLOB|BIT)/.test(typeName) ? `coalesce(strlen(${sql}), 0)` : null;
}
