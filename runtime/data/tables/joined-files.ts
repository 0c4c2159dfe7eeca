// Joins several open files into one table: each column is found by name in every file, and rows follow the
// order of the files.

import type { Unfit } from "../../../compiler/data/table.ts";
import { formatsDiffer } from "../../../compiler/diagnostics/catalog/sources.ts";
import { DiagnosticError, diagnose, inData } from "../../../compiler/diagnostics/diagnostic.ts";
import { partitionsOf } from "../../../compiler/frontend/config/addresses.ts";
import { elsewhereAt, nameOfAddress } from "../../../compiler/frontend/config/elsewhere.ts";
import { quoted } from "../../duckdb/sql-text.ts";
import { type DataFile, exactColumn, type FilePart, type SqlColumn } from "../formats/data-file.ts";
import { FileLocations } from "../formats/file-locations.ts";

/**
 * The rows of `address` with a column for each folder `key=value` of `partitionsOf`; own columns take precedence. Rows of a
 * database and of a query are in no folder.
 */
export function withPartitions(part: FilePart, address: string, folder: string): FilePart {
  const elsewhere = elsewhereAt(address);
  if (part.columns.size === 0 || (elsewhere !== null && elsewhere.kind !== "served")) return part;
  const partitions = partitionsOf(folder, part.path);
  if (partitions.size === 0) return part;
  const columns = new Map(part.columns);
  for (const [name, value] of partitions) {
    if (columns.has(name)) continue;
    const sql = value === null ? "CAST(NULL AS VARCHAR)" : quoted(value);
    columns.set(name, {
      name,
      type: "value",
      typeName: part.format.delimiter === null ? "VARCHAR" : "text",
      sql,
    });
  }
  return { ...part, columns };
}

export function oneFile(part: FilePart, path = part.path): DataFile {
  const { columns, ambiguous, rows } = part;
  const places = new FileLocations([part.path], [rows === null ? null : rows + part.leftOut.length]);
  return { path, columns, exactly: exactColumn, ambiguous, parts: [part], rows, places };
}

/** Throws DiagnosticError if the files have formats that are read differently. */
export function joined(path: string, all: readonly FilePart[], isUnnamedLog: boolean): DataFile {
  const [first, ...others] = all;
  const other = others.find(({ format }) => format.family !== first!.format.family);
  if (other !== undefined) {
    const address = nameOfAddress(path);
    const parameters = { first: first!.path, path: other.path, address, isUnnamedLog };
    throw new DiagnosticError([diagnose(formatsDiffer, parameters, inData({ path: other.path }))]);
  }
  // An empty file has no rows and no columns.
  const full = all.filter(({ columns }) => columns.size > 0);
  if (full.length < 2) return oneFile(full[0] ?? first!, path);
  const names = new Set(full.flatMap(({ columns }) => [...columns.keys()]));
  const columns = new Map<string, SqlColumn>();
  const unfit = new Map<string, Unfit>();
  const selected = full.map((): string[] => []);
  for (const [i, name] of [...names].entries()) {
    const problem = problemOf(full, name);
    if (problem !== null) {
      unfit.set(name, problem);
      continue;
    }
    const own = full.map((part) => part.columns.get(name));
    const typed = own.filter((column) => column !== undefined);
    const column = typed.find(({ typeName }) => typeName !== "JSON") ?? typed[0]!;
    const isExact = own.some((each) => each?.exact !== undefined);
    columns.set(name, { ...column, sql: `p${i}`, ...(isExact ? { exact: `x${i}` } : {}) });
    for (const [at, each] of own.entries()) {
      const sql = each?.sql ?? "NULL";
      selected[at]!.push(`${sql} AS p${i}`);
      if (isExact) selected[at]!.push(`${each?.exact ?? `CAST(${sql} AS VARCHAR)`} AS x${i}`);
    }
  }
  const parts = full.map((part, i) => ({ ...part, selected: selected[i]!.join(", ") }));
  const rows = parts.map((part) => part.rows);
  const places = new FileLocations(
    parts.map((part) => part.path),
    parts.map((part) => (part.rows === null ? null : part.rows + part.leftOut.length)),
  );
  return {
    path,
    columns,
    exactly: exactColumn,
    unfit,
    ambiguous: new Set(parts.flatMap(({ ambiguous }) => [...ambiguous])),
    parts,
    rows: rows.includes(null) ? null : rows.reduce<number>((sum, each) => sum + each!, 0),
    places,
  };
}

/** The column as this file has it. */
export function ownColumn({ columns }: FilePart, column: SqlColumn): SqlColumn {
  return { ...column, typeName: columns.get(column.name)?.typeName ?? column.typeName };
}

/** The reason why a column cannot be read from all files. */
function problemOf(parts: readonly FilePart[], name: string): Unfit | null {
  const lacking = parts.find((part) => !part.columns.has(name));
  if (lacking !== undefined && !lacking.format.mayLackColumns) return { kind: "missing", path: lacking.path };
  let first: (SqlColumn & { readonly path: string }) | null = null;
  for (const { path, columns } of parts) {
    const column = columns.get(name);
    // JSON that is all null, or has several types, fits every column.
    if (column === undefined || shapeOf(column.typeName) === null) continue;
    if (first === null) first = { ...column, path };
    else if (shapeOf(first.typeName) !== shapeOf(column.typeName))
      return { kind: "types", path, type: column.typeName, otherPath: first.path, otherType: first.typeName };
  }
  return null;
}

/** The depth of lists and whether they contain records; null if it may be anything. */
function shapeOf(typeName: string): string | null {
  const element = typeName.replaceAll(/\[\d*\]/g, "");
  if (element === "JSON") return null;
  const depth = typeName.match(/\[\d*\]/g)?.length ?? 0;
  return `${/^(STRUCT|MAP|UNION)/.test(element) ? "records" : "values"} ${depth}`;
}
