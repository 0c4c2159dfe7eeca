// Finds the rows of a CSV or JSON Lines file that do not parse, so that they can be left out or the first of
// them reported, and gives the expression for the others. They do not depend on the columns that are read
// later.

import type { DuckDBConnection } from "@duckdb/node-api";
import { Findings, nothingLeft } from "../../../compiler/data/findings.ts";
import { malformedFile } from "../../../compiler/diagnostics/catalog/data.ts";
import { diagnose, inData } from "../../../compiler/diagnostics/diagnostic.ts";
import { quoted } from "../../duckdb/sql-text.ts";
import { FileFault } from "../../files/file-fault.ts";
import { csvRows, type ReadingEnd, type UnparsedRow } from "./csv-scan.ts";
import type { FileOrigin, FilePart } from "./data-file.ts";
import { failing } from "./duckdb-problem.ts";
import { linesInSql } from "./file-sql.ts";
import { helpFor } from "./other-encoding.ts";

/** The rows of a file that parse, and those that do not. */
export interface SortedOut {
  /** The table expression of the rows that parse. */
  readonly sql: string;
  /** Their number; null if it is known only after reading. */
  readonly rows: number | null;
  /** In the order of the rows. */
  readonly unreadable: readonly UnparsedRow[];
  /** A fault that makes it impossible to tell which rows follow. */
  readonly end: ReadingEnd | null;
}

/** For the CSV that `sql` reads. */
export async function sortedCsv(
  path: string,
  sql: string,
  delimiter: string,
  names: readonly string[],
): Promise<SortedOut> {
  const { rows, unreadable, end } = await csvRows(path, delimiter, names);
  const mayRead = unreadable.length === 0 && (end === null || end.isLineEnd);
  return {
    sql: mayRead ? sql : tolerantCsv(sql),
    rows: end === null ? rows - unreadable.length : null,
    unreadable,
    end,
  };
}

/** The rows of a CSV that parse. Without `store_rejects`, DuckDB loses rows after one with a wrong quote. */
export function tolerantCsv(sql: string): string {
  // The rejected rows are known already.
  return everyColumn(sql.replace(/\)$/, ", store_rejects=true, rejects_limit=1)"));
}

/** Reads all columns, so that mistakes in unused columns are found too. */
function everyColumn(sql: string): string {
  return `(SELECT * FROM ${sql} WHERE length(concat_ws('', *COLUMNS(*))) >= 0)`;
}

/** For the JSON Lines that `sql` reads. */
export async function sortedLines(
  connection: DuckDBConnection,
  path: string,
  sql: string,
): Promise<SortedOut> {
  // `read_json` itself loses objects next to an invalid line.
  const lines = linesInSql(path);
  const numbered = `SELECT row_number() OVER () - 1 AS number, json, ${PROBLEM} AS problem FROM ${lines}`;
  const [found, counted] = await failing(path, async () => [
    await connection.runAndReadAll(
      `SELECT number, problem FROM (${numbered}) WHERE problem IS NOT NULL ORDER BY number`,
    ),
    await connection.runAndReadAll(`SELECT count(*) FROM ${lines}`),
  ]);
  const unreadable = (found!.getRows() as [bigint, string][]).map(([row, reason]) => ({
    row: Number(row),
    reason,
    column: null,
  }));
  const all = Number(counted!.getRows()[0]![0]);
  if (unreadable.length === 0) return { sql, rows: all, unreadable, end: null };
  const objects = `(SELECT json FROM ${lines} WHERE ${PROBLEM} IS NULL)`;
  const rows = all - unreadable.length;
  if (rows === 0) return { sql, rows, unreadable, end: null };
  // DuckDB keeps half a kilobyte for each row that it takes a structure from, but few rows have a structure
  // of their own.
  const samples = `SELECT any_value(json) AS json FROM ${objects} GROUP BY CAST(json_structure(json) AS VARCHAR)`;
  const structure = await connection.runAndReadAll(
    `SELECT CAST(json_group_structure(json) AS VARCHAR) FROM (${samples})`,
  );
  const [[types]] = structure.getRows() as [[string]];
  const records = `json_transform(json, ${quoted(types)})`;
  return { sql: `(SELECT unnest(${records}) FROM ${objects})`, rows, unreadable, end: null };
}

/** The fault of a line, in SQL; null if there is none. */
const PROBLEM = `CASE WHEN json IS NULL THEN 'it is not JSON'
  WHEN json_type(json) <> 'OBJECT' THEN 'it is not a JSON object'
  WHEN len(json_keys(json)) <> len(list_distinct(json_keys(json))) THEN 'it has a name twice'
  WHEN contains(list_aggregate(json_keys(json), 'string_agg', ''), chr(0)) THEN 'a name in it holds a NUL byte'
END`;

/** The error at the row where reading must end. */
export function unreadableAt(path: string, found: UnparsedRow | ReadingEnd): FileFault {
  const { row, reason, column } = found;
  return new FileFault(path, (file) => {
    const location = inData({ path: file.path, row: row + 1, ...(column === null ? {} : { column }) });
    const details = "help" in found ? { help: found.help } : helpFor(file, reason);
    return diagnose(malformedFile, { reason }, location, details);
  });
}

export function nothingReads(path: string, unreadable: readonly UnparsedRow[]): FileFault {
  return new FileFault(path, (file) => {
    const findings = new Findings(file.path, { collects: true });
    for (const { row, reason } of unreadable) findings.unreadable(row, reason);
    return nothingLeft(findings, unreadable.length);
  });
}

/** A file without omitted rows. */
export const COMPLETE = { leftOut: [], unreadable: [] };

/**
 * The readable part of a file, without rows that do not parse. Throws DiagnosticError if these cannot be
 * determined, or if no row parses.
 */
export function readableOf(
  { path }: FileOrigin,
  { sql, rows, unreadable, end }: SortedOut,
): Pick<FilePart, "sql" | "rows" | "leftOut" | "unreadable"> {
  const mayRead = end === null || (end.isLineEnd && unreadable.length === 0);
  if (!mayRead) throw unreadableAt(path, end);
  if (rows === 0 && unreadable.length > 0) throw nothingReads(path, unreadable);
  return { sql, rows, leftOut: unreadable.map(({ row }) => row), unreadable };
}
