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
  const names = new Set<string>();
  for (const row of rows) for (const name of Object.keys(row)) names.add(name);
  return new Map([...names].map((name) => [name, rows.map((row) => row[name])]));
}

function columnOf(name: string, values: ArrayLike<Cell>): RowsColumn {
  const cells: RawCell[] = [];
  let type: CellType = null;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    // Rows of one user often have the same list, which changes neither the cell nor the type.
    const isLast = i > 0 && typeof value === "object" && value === values[i - 1];
    const cell = isLast ? cells[i - 1]! : cellOf(value);
    cells.push(cell);
    if (!isLast) type = joined(type, cell);
  }
  const typeName = nameOf(type);
  return { name, cells, typeName, type: typeName.endsWith("[]") ? "list" : "value" };
}

/** A record, which no column can hold, becomes the text of its names, as in JSON files. */
function cellOf(value: unknown): RawCell {
  if (value === undefined || value === null) return null;
  if (typeof value === "function" || typeof value === "symbol") return String(value);
  if (typeof value !== "object") return value as RawCell;
  if (areCells(value)) return value;
  if (isListLike(value)) return Array.from(value, cellOf);
  return `{${Object.keys(value).map((key) => JSON.stringify(key))}}`;
}

/** Whether a list needs no conversion. Most lists need none, and are not copied. */
function areCells(value: object): value is readonly RawCell[] {
  if (!Array.isArray(value)) return false;
  // A loop, because `every` leaves out holes, which are missing values.
  for (const each of value)
    if (typeof each !== "string" && typeof each !== "number" && typeof each !== "boolean") return false;
  return true;
}

function isListLike(value: object): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && "length" in value);
}

/** Null if all values are null; `JSON` for values of several types. */
type CellType = string | { readonly of: CellType } | null;

/** The type of values of both kinds. Equal types of lists stay the same object, because a column has many lists. */
function joined(type: CellType, cell: RawCell): CellType {
  switch (typeof cell) {
    case "string":
      return merged(type, "VARCHAR");
    case "boolean":
      return merged(type, "BOOLEAN");
    case "bigint":
      return merged(type, "BIGINT");
    case "number":
      return merged(type, Number.isInteger(cell) ? "BIGINT" : "DOUBLE");
    default:
      if (cell === null) return type;
      if (typeof type === "string") return "JSON";
      return listOf(type, cell);
  }
}

function listOf(type: { readonly of: CellType } | null, cells: readonly RawCell[]): CellType {
  let of = type?.of ?? null;
  for (const cell of cells) of = joined(of, cell);
  return type !== null && of === type.of ? type : { of };
}

function merged(a: CellType, b: string): string {
  if (a === null || a === b) return b;
  return isNumber(a) && isNumber(b) ? "DOUBLE" : "JSON";
}

function isNumber(type: CellType): boolean {
  return type === "BIGINT" || type === "DOUBLE";
}

function nameOf(type: CellType): string {
  if (type === null) return "JSON";
  return typeof type === "string" ? type : `${nameOf(type.of)}[]`;
}
