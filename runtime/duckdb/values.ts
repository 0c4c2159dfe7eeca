// Converts DuckDB's values to cells, and writes the expressions that select them.

import type { DuckDBDataChunk, DuckDBListValue, DuckDBValue } from "@duckdb/node-api";
import { jsonCell, type RawCell } from "../../compiler/data/raw-values.ts";
import type { DataColumn } from "../../compiler/data/table.ts";

export function valuesOf(chunk: DuckDBDataChunk, index: number, column: DataColumn): RawCell[] {
  const values = chunk.getColumnValues(index);
  return column.type === "value" && column.typeName !== "JSON"
    ? (values as RawCell[])
    : values.map((value) => cellOf(value, column.typeName));
}

/** A value of DuckDB's type `type` as a cell: lists become arrays, and JSON values get their own types. */
function cellOf(value: DuckDBValue, type: string): RawCell {
  if (type === "JSON" && typeof value === "string") return jsonCell(value);
  if (value === null || !type.endsWith("[]")) return value as RawCell;
  const { items } = value as DuckDBListValue;
  const element = type.slice(0, -2);
  return element.endsWith("[]") || element === "JSON"
    ? items.map((item) => cellOf(item, element))
    : (items as RawCell[]);
}

/** The expression of a column whose values arrive as text, number, bigint or boolean. */
export function expression(column: string, type: string): string {
  if (type.endsWith("[]")) {
    const element = type.slice(0, -2);
    return keptAsIs(element) ? column : `list_transform(${column}, lambda x: ${expression("x", element)})`;
  }
  // An array of fixed length becomes a list.
  const array = /^(.*)\[\d+\]$/.exec(type);
  if (array !== null) return expression(`CAST(${column} AS ${array[1]}[])`, `${array[1]}[]`);
  if (keptAsIs(type)) return column;
  // Whole numbers of any length stay exact.
  if (/^DECIMAL\(\d+,0\)$/.test(type)) return `CAST(${column} AS HUGEINT)`;
  if (type.startsWith("DECIMAL")) return `CAST(${column} AS DOUBLE)`;
  return `CAST(${column} AS VARCHAR)`;
}

/**
 * The expression for a value of type `type`. DuckDB's client drops a byte order mark at the beginning of a
 * text, so such a text gets a second one.
 */
export function outgoing(value: string, type: string): string {
  const element = /^(.*)\[\d*\]$/.exec(type)?.[1];
  if (element !== undefined) {
    const each = outgoing("x", element);
    return each === "x" ? value : `list_transform(${value}, lambda x: ${each})`;
  }
  if (!/^(text|VARCHAR|ENUM)/.test(type)) return value;
  return `CASE WHEN starts_with(${value}, chr(65279)) THEN chr(65279) || ${value} ELSE ${value} END`;
}

/** The query for the column names and types of `source`. */
export function describing(source: string): string {
  return `SELECT ${outgoing("column_name", "VARCHAR")}, column_type FROM (DESCRIBE ${source})`;
}

export function isNumeric(type: string): boolean {
  return /^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE)$/.test(type);
}

function keptAsIs(type: string): boolean {
  return isNumeric(type) || /^(VARCHAR|BOOLEAN)$/.test(type);
}
