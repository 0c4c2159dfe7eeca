// Values of DuckDB as cells, and how it is asked for them.

import type { DuckDBDataChunk, DuckDBListValue, DuckDBValue } from "@duckdb/node-api";
import { jsonCell, type RawCell } from "../../compiler/data/raw-values.ts";
import type { DataColumn } from "../../compiler/data/table.ts";

export function valuesOf(chunk: DuckDBDataChunk, index: number, column: DataColumn): RawCell[] {
  const values = chunk.getColumnValues(index);
  return column.type === "value" && column.typeName !== "JSON"
    ? (values as RawCell[])
    : values.map((value) => cellOf(value, column.typeName));
}

/** A value of DuckDB's type `type`: lists as arrays, and what JSON has of several kinds as what it is. */
function cellOf(value: DuckDBValue, type: string): RawCell {
  if (type === "JSON" && typeof value === "string") return jsonCell(value);
  if (value === null || !type.endsWith("[]")) return value as RawCell;
  const { items } = value as DuckDBListValue;
  const element = type.slice(0, -2);
  return element.endsWith("[]") || element === "JSON"
    ? items.map((item) => cellOf(item, element))
    : (items as RawCell[]);
}

/** How a column is read so that each value arrives as text, a number, a bigint or a boolean. */
export function expression(column: string, type: string): string {
  if (type.endsWith("[]")) {
    const element = type.slice(0, -2);
    return keptAsIs(element) ? column : `list_transform(${column}, lambda x: ${expression("x", element)})`;
  }
  // An array of a fixed length is a list.
  const array = /^(.*)\[\d+\]$/.exec(type);
  if (array !== null) return expression(`CAST(${column} AS ${array[1]}[])`, `${array[1]}[]`);
  if (keptAsIs(type)) return column;
  // Whole numbers of any length stay exact.
  if (/^DECIMAL\(\d+,0\)$/.test(type)) return `CAST(${column} AS HUGEINT)`;
  if (type.startsWith("DECIMAL")) return `CAST(${column} AS DOUBLE)`;
  return `CAST(${column} AS VARCHAR)`;
}

/**
 * A value of type `type` on its way out of DuckDB, whose client drops a byte order mark at the beginning of every
 * text: such a text gets one more.
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

/** The query that describes the rows of `source`: by column its name and its type. */
export function describing(source: string): string {
  return `SELECT ${outgoing("column_name", "VARCHAR")}, column_type FROM (DESCRIBE ${source})`;
}

export function isNumeric(type: string): boolean {
  return /^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE)$/.test(type);
}

function keptAsIs(type: string): boolean {
  return isNumeric(type) || /^(VARCHAR|BOOLEAN)$/.test(type);
}
