// Writes the rows of a table or a query of SQLite as JSON Lines, which DuckDB reads. Node reads SQLite
// itself, from version 22.5 on: nothing is installed for it. The database is opened read-only.

import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { finished } from "node:stream/promises";
import { TextDecoder } from "node:util";
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

/** The parts of Node's module that are used; its types come with Node 22. */
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

/** After this many rows, other work of the process gets a turn. */
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
    const sql = sqlOf(database, elsewhere, path, name);
    const statement = prepared(database, sql, name);
    statement.setReadBigInts(true);
    const texts = new TextsAsBytes(database, sql, name);
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
      rows += 1;
      texts.requireWhole(row, rows);
      lines.push(`${lineOf(row, rows, name)}\n`);
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

/** Throws DiagnosticError if this version of Node has no SQLite, or if the file cannot be opened. */
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

/** Null if Node is too old. */
async function loaded(): Promise<Sqlite | null> {
  const warn = process.emitWarning;
  // Node 22 warns that the module is experimental; users of dinc cannot act on that.
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
  if (!BEGINS_A_SELECT.test(sql)) throw refused("it isn't a SELECT");
  prepared(database, sql, name);
  // SQLite prepares only the first statement of a text, without a message about others.
  if (!isPrepared(database, `SELECT * FROM (${sql.replace(/(?<![\s;])[\s;]+$/, "")}\n)`))
    throw refused("it isn't one SELECT alone");
  // SQLite takes NULL for a parameter without a value, and hardly any row equals NULL.
  const parameter = [...prepared(database, `EXPLAIN ${sql}`, name).iterate()].find(
    ({ opcode }) => opcode === "Variable",
  );
  if (parameter !== undefined)
    throw new DiagnosticError([
      diagnose(
        queryRefused,
        { reason: "it has a parameter (`?`, `:name`, `@name` or `$name`), which has no value" },
        inData({ path: name }),
        {
          help: queryRefused.helps.parameter(),
        },
      ),
    ]);
  return sql;
}

/** The character by which Node replaces bytes that aren't UTF-8. */
const REPLACED = "\ufffd";

/**
 * Finds texts that aren't UTF-8 (or UTF-16, if the database uses it): Node replaces each of their bytes by
 * U+FFFD, so two ids may become one. The bytes of a row are read only if a text has that character.
 */
class TextsAsBytes {
  private readonly database: Database;
  private readonly sql: string;
  private readonly name: string;
  private bytes: { readonly rows: Iterator<SqliteRow>; readonly decoder: TextDecoder; at: number } | null =
    null;

  constructor(database: Database, sql: string, name: string) {
    this.database = database;
    this.sql = sql;
    this.name = name;
  }

  /** Throws DiagnosticError at the first invalid text of the row, counted from 1. Rows come in order. */
  requireWhole(row: SqliteRow, number: number): void {
    for (const [column, value] of Object.entries(row)) {
      if (typeof value !== "string" || !value.includes(REPLACED)) continue;
      const found = this.rowOf(number, Object.keys(row))[column];
      if (!(found instanceof Uint8Array) || this.isText(found)) continue;
      const reason = `this text is not valid ${this.bytes!.decoder.encoding.toUpperCase()}: its bytes are ${shownBytes(found)}`;
      const location = inData({ path: this.name, row: number, column });
      throw new DiagnosticError([
        diagnose(queryFailed, { reason }, location, { help: queryFailed.helps.asHex(column) }),
      ]);
    }
  }

  private rowOf(number: number, columns: readonly string[]): SqliteRow {
    this.bytes ??= this.begun(columns);
    let found: IteratorResult<SqliteRow> | null = null;
    for (; this.bytes.at < number; this.bytes.at++) found = this.bytes.rows.next();
    if (found !== null && found.done !== true) this.last = found.value;
    return this.last;
  }

  private last: SqliteRow = {};

  private begun(columns: readonly string[]) {
    const { database, sql, name } = this;
    const [encoding] = [...prepared(database, "PRAGMA encoding", name).iterate()];
    const decoder = new TextDecoder(String(encoding!.encoding).toLowerCase(), { fatal: true });
    const asBytes = columns.map((column) => `CAST(${identifier(column)} AS BLOB) AS ${identifier(column)}`);
    const inner = sql.replace(/(?<![\s;])[\s;]+$/, "");
    const rows = prepared(database, `SELECT ${asBytes.join(", ")} FROM (${inner}\n)`, name).iterate();
    return { rows: rows[Symbol.iterator](), decoder, at: 0 };
  }

  private isText(bytes: Uint8Array): boolean {
    try {
      this.bytes!.decoder.decode(bytes);
      return true;
    } catch {
      return false;
    }
  }
}

function shownBytes(bytes: Uint8Array): string {
  const shown = Array.from(bytes.subarray(0, 8), (byte) => byte.toString(16).padStart(2, "0"));
  return `${shown.join(" ")}${bytes.length > 8 ? " …" : ""}`;
}

/** A comment ends at its first end mark, so many comments can be matched in only one way. */
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
