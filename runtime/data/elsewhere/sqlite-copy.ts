// Writes the rows of a table or a query of SQLite as JSON Lines, which DuckDB reads. Node reads SQLite
// itself, from version 22.5 on: nothing is installed for it. The database is opened to read only.

import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { finished } from "node:stream/promises";
import {
  databaseUnreadable,
  queryFailed,
  queryRefused,
} from "../../../compiler/diagnostics/catalog/sources.ts";
import { DiagnosticError, diagnose, inData } from "../../../compiler/diagnostics/diagnostic.ts";
import type { DatabaseSource } from "../../../compiler/frontend/config/elsewhere.ts";
import { identifier } from "../../duckdb/sql-text.ts";
import { chosen, requireOwnNames, unreadable } from "./database-tables.ts";

type SqliteValue = null | bigint | number | string | Uint8Array;
type SqliteRow = Readonly<Record<string, SqliteValue>>;

/** What is used of Node's module, whose types come with Node 22. */
interface Sqlite {
  readonly DatabaseSync: new (path: string, options: { readonly readOnly: boolean }) => Database;
}

interface Database {
  prepare(sql: string): Statement;
  close(): void;
}

interface Statement {
  setReadBigInts(enabled: boolean): void;
  /** From Node 22.16 on. */
  columns?(): readonly { readonly name: string }[];
  iterate(): Iterable<SqliteRow>;
}

/** Rows between which other work of the process has its turn. */
const ROWS_A_TURN = 10_000;

const REPORTED_ROWS = 1_000_000;

export async function writeSqliteRows(
  elsewhere: DatabaseSource,
  path: string,
  location: string,
  { name, report }: { readonly name: string; readonly report: (line: string) => void },
): Promise<void> {
  const database = await opened(path, name);
  const out = createWriteStream(location);
  const written = finished(out);
  written.catch(() => {});
  try {
    const statement = prepared(database, sqlOf(database, elsewhere, path, name), name);
    statement.setReadBigInts(true);
    requireOwnNames(
      (statement.columns?.() ?? []).map((column) => column.name),
      name,
    );
    let rows = 0;
    let lines: string[] = [];
    const flush = async () => {
      if (!out.write(lines.join(""))) await Promise.race([once(out, "drain"), written]);
      else await new Promise(setImmediate);
      lines = [];
    };
    for (const row of statement.iterate()) {
      lines.push(`${lineOf(row, ++rows, name)}\n`);
      if (lines.length < ROWS_A_TURN) continue;
      await flush();
      if (rows % REPORTED_ROWS === 0) report(`${name}: ${rows / 1e6} million rows read`);
    }
    await flush();
    out.end();
    await written;
  } catch (error) {
    out.destroy();
    throw isOfSqlite(error) ? failed(error, name) : error;
  } finally {
    database.close();
  }
}

/** Throws DiagnosticError where this Node has no SQLite, or the file cannot be opened. */
async function opened(path: string, name: string): Promise<Database> {
  const sqlite = await loaded();
  if (sqlite === null) {
    const reason = `it is SQLite's, which Node ${process.versions.node} cannot read`;
    throw unreadable(path, name, reason, databaseUnreadable.helps.newerNode());
  }
  try {
    return new sqlite.DatabaseSync(path, { readOnly: true });
  } catch (error) {
    throw unreadable(path, name, (error as Error).message);
  }
}

/** Null where Node is too old. */
async function loaded(): Promise<Sqlite | null> {
  const warn = process.emitWarning;
  // Node 22 says that the module is experimental, which is nothing that a person at dinc can act on.
  process.emitWarning = () => {};
  try {
    const module = "node:sqlite";
    return (await import(module)) as Sqlite;
  } catch {
    return null;
  } finally {
    process.emitWarning = warn;
  }
}

function sqlOf(database: Database, elsewhere: DatabaseSource, path: string, name: string): string {
  if (elsewhere.kind === "table") {
    const names =
      "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name";
    const tables = [...prepared(database, names, name).iterate()].map((row) => ({
      schema: "main",
      table: String(row.name),
    }));
    return `SELECT * FROM ${identifier(chosen(path, elsewhere.table, tables, name).table)}`;
  }
  const { sql } = elsewhere;
  const refused = (reason: string) =>
    new DiagnosticError([
      diagnose(queryRefused, { reason }, inData({ path: name }), { help: queryRefused.helps.select() }),
    ]);
  if (!BEGINS_A_SELECT.test(sql)) throw refused("it is no SELECT");
  prepared(database, sql, name);
  // SQLite prepares the first statement of a text, and says nothing of others.
  if (!isPrepared(database, `SELECT * FROM (${sql.replace(/(?<![\s;])[\s;]+$/, "")}\n)`))
    throw refused("it isn't one SELECT alone");
  return sql;
}

/** A comment ends at its first end, so that there is one way only to read many of them. */
const BEGINS_A_SELECT = /^(?:\s|--[^\n]*\n|\/\*(?:[^*]|\*(?!\/))*\*\/)*(?:select|with|values)\b/i;

function isPrepared(database: Database, sql: string): boolean {
  try {
    database.prepare(sql);
    return true;
  } catch {
    return false;
  }
}

function prepared(database: Database, sql: string, name: string): Statement {
  try {
    return database.prepare(sql);
  } catch (error) {
    throw failed(error, name);
  }
}

/** Whole numbers of 64 bits keep all their digits. */
function lineOf(row: SqliteRow, number: number, name: string): string {
  const parts = Object.entries(row).map(([column, value]) => {
    const refused = (reason: string) =>
      new DiagnosticError([diagnose(queryFailed, { reason }, inData({ path: name, row: number, column }))]);
    if (value instanceof Uint8Array) throw refused("this value is bytes, not a text");
    if (typeof value === "number" && !Number.isFinite(value))
      throw refused(`this number is ${value < 0 ? "minus " : ""}infinite`);
    return `${JSON.stringify(column)}:${typeof value === "bigint" ? value : JSON.stringify(value)}`;
  });
  return `{${parts.join(",")}}`;
}

function isOfSqlite(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "ERR_SQLITE_ERROR";
}

function failed(error: unknown, name: string): DiagnosticError {
  const reason = (error as Error).message;
  return new DiagnosticError([diagnose(queryFailed, { reason }, inData({ path: name }))]);
}
