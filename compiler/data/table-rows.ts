// Turns rows in JavaScript's memory, as columns or as objects, into a table in the form that readers of files
// take. Values mean the same as in JSON Lines.

import { UsageError } from "../common/usage-error.ts";
import { noRows } from "../diagnostics/catalog/data.ts";
import type { Findings } from "./findings.ts";
import { DecodedColumn, type RawCell, type RawChunk } from "./raw-values.ts";
import type { DataColumn, DataTable } from "./table.ts";

/**
 * A row's value in a column; null or undefined if it is missing. Sets, vectors and steps of histories are
 * lists.
 */
export type Cell = string | number | bigint | boolean | null | undefined | ArrayLike<Cell>;

/** One object per row, or by name one list or typed array per column, all of the same length. */
export type TableRows = readonly Readonly<Record<string, Cell>>[] | Readonly<Record<string, ArrayLike<Cell>>>;

interface RowsColumn extends DataColumn {
  readonly cells: readonly RawCell[];
}

export interface RowsTable extends DataTable<RowsColumn> {
  readonly rows: number;
}

/** Throws DiagnosticError if there are no rows, and UsageError for columns of different lengths. */
export function tableOf(given: TableRows, findings: Findings): RowsTable {
  const named = isRows(given) ? columnsOf(given) : new Map(Object.entries(given));
  const columns = new Map([...named].map(([name, values]) => [name, columnOf(name, values)] as const));
  const [first] = columns.values();
  const rows = isRows(given) ? given.length : (first?.cells.length ?? 0);
  for (const { name, cells } of columns.values()) {
    if (cells.length === rows) continue;
    throw new UsageError(
      `${findings.path}: column \`${first!.name}\` has ${rows} values, \`${name}\` has ${cells.length}`,
    );
  }
  if (rows === 0) findings.add(noRows, { what: "none are given" }, null, null);
  findings.throwIfAny();
  return { rows, columns, ambiguous: new Set() };
}

/** All rows of some columns. */
export function chunkOf({ rows }: RowsTable, columns: readonly RowsColumn[]): RawChunk {
  return { first: 0, rows, columns: columns.map(({ cells }) => new DecodedColumn(cells)) };
}

function isRows(given: TableRows): given is readonly Readonly<Record<string, Cell>>[] {
  return Array.isArray(given);
}

/** Names in the order of their first occurrence. */
function columnsOf(rows: readonly Readonly<Record<string, Cell>>[]): Map<string, ArrayLike<Cell>> {
  const names = new Set(rows.flatMap((row) => Object.keys(row)));
  return new Map([...names].map((name) => [name, rows.map((row) => row[name])]));
}

function columnOf(name: string, values: ArrayLike<Cell>): RowsColumn {
  const cells = Array.from(values, cellOf);
  let type: CellType = null;
  for (const cell of cells) type = merged(type, typeOf(cell));
  const typeName = nameOf(type);
  return { name, cells, typeName, type: typeName.endsWith("[]") ? "list" : "value" };
}

/** A record, which no column can hold, becomes the text of its names, as in JSON files. */
function cellOf(value: unknown): RawCell {
  if (value === undefined || value === null) return null;
  if (typeof value === "function" || typeof value === "symbol") return String(value);
  if (typeof value !== "object") return value as RawCell;
  if (isListLike(value)) return Array.from(value, cellOf);
  return `{${Object.keys(value).map((key) => JSON.stringify(key))}}`;
}

function isListLike(value: object): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && "length" in value);
}

/** Null if all values are null; `JSON` for values of several types. */
type CellType = string | { readonly of: CellType } | null;

function typeOf(cell: RawCell): CellType {
  switch (typeof cell) {
    case "string":
      return "VARCHAR";
    case "boolean":
      return "BOOLEAN";
    case "bigint":
      return "BIGINT";
    case "number":
      return Number.isInteger(cell) ? "BIGINT" : "DOUBLE";
    default:
      return cell === null ? null : { of: cell.map(typeOf).reduce(merged, null) };
  }
}

function merged(a: CellType, b: CellType): CellType {
  if (a === null || b === null) return a ?? b;
  if (typeof a !== "string" && typeof b !== "string") return { of: merged(a.of, b.of) };
  if (a === b) return a;
  const areNumbers = [a, b].every((type) => type === "BIGINT" || type === "DOUBLE");
  return areNumbers ? "DOUBLE" : "JSON";
}

function nameOf(type: CellType): string {
  if (type === null) return "JSON";
  return typeof type === "string" ? type : `${nameOf(type.of)}[]`;
}
