// Writes the rows of a table or a query of DuckDB into a Parquet file, in an order that is the same each
// time: one thread runs it, because several threads would give the rows of a join or of groups in any order.
// The database is opened read-only, and DuckDB can access only the files that the query names.

import { open, rm } from "node:fs/promises";
import { resolve } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { shared } from "../../../compiler/diagnostics/catalog/helps.ts";
import { databaseUnreadable, queryFailed } from "../../../compiler/diagnostics/catalog/sources.ts";
import { DiagnosticError, diagnose, inData } from "../../../compiler/diagnostics/diagnostic.ts";
import { type DatabaseSource, databaseOf } from "../../../compiler/frontend/config/elsewhere.ts";
import { folderOf } from "../../../compiler/frontend/config/paths.ts";
import { isNoFault, sentenceIn } from "../../duckdb/errors.ts";
import { duckDbSettings, type MemoryLimits } from "../../duckdb/memory-limits.ts";
import { identifier, quoted } from "../../duckdb/sql-text.ts";
import { describing } from "../../duckdb/values.ts";
import { atEnd } from "../../files/at-end.ts";
import { stateOf } from "../../files/file-state.ts";
import { chosen, type FoundTable, requireOwnNames, unreadable } from "./database-tables.ts";
import { checkedQuery } from "./query-text.ts";
import { writeSqliteRows } from "./sqlite-copy.ts";

export interface CopyOptions {
  /** The name of the copied rows in messages. */
  readonly name: string;
  readonly limits: MemoryLimits | null;
  /** Receives a line of progress now and then. */
  readonly report: (line: string) => void;
}

export interface WrittenCopy {
  /** The copy; its ending gives its format. */
  readonly location: string;
  /**
   * The files that were read for it, with their earlier states. A database that others may change meanwhile
   * is not among them: it is read as it was at one moment.
   */
  readonly states: ReadonlyMap<string, string>;
}

/** The interval between two lines of progress. */
const REPORT_MS = 5000;

/** Writes the rows to `path` with an ending. Throws DiagnosticError if they cannot be read. */
export async function writeCopy(
  elsewhere: DatabaseSource,
  path: string,
  options: CopyOptions,
): Promise<WrittenCopy> {
  const database = databaseOf(elsewhere);
  const kind = database === null ? "duckdb" : await kindOf(database, options.name);
  if (kind === "sqlite") {
    const location = `${path}.jsonl`;
    const states = await statesOf([database!]);
    await writeSqliteRows(elsewhere, database!, location, options);
    return { location, states };
  }
  const location = `${path}.parquet`;
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const { limits } = options;
  const instance = await DuckDBInstance.create(":memory:", {
    ...(limits === null ? {} : duckDbSettings(limits)),
    threads: "1",
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
  });
  try {
    const connection = await instance.connect();
    await connection.run("SET GLOBAL TimeZone = 'UTC'");
    await connection.run("SET enable_progress_bar = true; SET enable_progress_bar_print = false");
    if (database !== null) await attach(connection, database, options.name);
    const query = await queryOf(connection, elsewhere, database, options.name);
    const states = await statesOf([...query.named, ...(database === null ? [] : [database])]);
    const allowed = [...query.files, location].map((file) => quoted(resolve(file)));
    await connection.run(`SET allowed_paths = [${allowed.join(", ")}]`);
    await connection.run("SET enable_external_access = false; SET lock_configuration = true");
    await write(connection, query.sql, location, options);
    return { location, states };
  } finally {
    instance.closeSync();
  }
}

async function statesOf(files: readonly string[]): Promise<Map<string, string>> {
  const states = new Map<string, string>();
  for (const file of files) states.set(file, await stateOf(file));
  return states;
}

interface Runnable {
  readonly sql: string;
  /** As written in the query. */
  readonly files: readonly string[];
  /** Their names in messages. */
  readonly named: readonly string[];
}

async function queryOf(
  connection: DuckDBConnection,
  elsewhere: DatabaseSource,
  database: string | null,
  name: string,
): Promise<Runnable> {
  const tables = database === null ? [] : await tablesIn(connection);
  if (elsewhere.kind === "table") {
    const { schema, table } = chosen(database!, elsewhere.table, tables, name);
    return { sql: `SELECT * FROM base.${identifier(schema)}.${identifier(table)}`, files: [], named: [] };
  }
  const folder = database === null ? elsewhere.from : folderOf(database);
  const known = new Set(tables.map(({ table }) => table));
  const { sql, files, paths } = await checkedQuery(connection, elsewhere.sql, {
    folder,
    name,
    tables: known,
  });
  return { sql, files: paths, named: files };
}

async function write(
  connection: DuckDBConnection,
  sql: string,
  location: string,
  { name, report }: CopyOptions,
): Promise<void> {
  const started = performance.now();
  const timer = setInterval(() => {
    const { percentage } = connection.progress;
    const share = percentage > 0 ? `, ${Math.floor(percentage)} %` : "";
    report(`${name}: the query runs since ${Math.round((performance.now() - started) / 1000)} s${share}`);
  }, REPORT_MS);
  // Without this, a process that ends would wait for the query.
  const forget = atEnd(() => connection.interrupt());
  try {
    const described = (await connection.runAndReadAll(describing(`(\n${sql}\n)`))).getRows();
    const columns = described.map(([column, type]) => ({ column: String(column), type: String(type) }));
    requireOwnNames(
      columns.map(({ column }) => column),
      name,
    );
    const selected = columns.map(({ column, type }, i) => `${kept(`c${i}`, type)} AS ${identifier(column)}`);
    const names = columns.map((_, i) => `c${i}`).join(", ");
    await connection.run(
      `COPY (SELECT ${selected.join(", ")} FROM (\n${sql}\n) AS rows(${names})) TO ${quoted(location)} (FORMAT parquet)`,
    );
  } catch (error) {
    await rm(location, { force: true });
    if (isNoFault(error)) throw error;
    throw failed(error, name);
  } finally {
    clearInterval(timer);
    forget();
  }
}

function reasonOf(error: unknown): string {
  return sentenceIn(error instanceof Error ? error.message : String(error)) ?? "it gives no reason";
}

function failed(error: unknown, name: string): DiagnosticError {
  const text = String(error);
  const near = /Did you mean "([^"]+)"/.exec(text)?.[1];
  const others = [...(/Candidate bindings: (.*)/.exec(text)?.[1] ?? "").matchAll(/"([^"]+)"/g)];
  const help =
    near !== undefined
      ? shared.didYouMean(near)
      : others.length > 0
        ? shared.available(others.map(([, each]) => each!))
        : null;
  const details = help === null ? {} : { help };
  return new DiagnosticError([
    diagnose(queryFailed, { reason: reasonOf(error) }, inData({ path: name }), details),
  ]);
}

/** Sums of whole numbers are whole numbers of 128 bits, which Parquet only has as decimals. */
function kept(column: string, type: string): string {
  const wide = /\bU?HUGEINT\b/g;
  return wide.test(type) ? `CAST(${column} AS ${type.replaceAll(wide, "DECIMAL(38,0)")})` : column;
}

/** The program of a database, by its first bytes. */
async function kindOf(database: string, name: string): Promise<"duckdb" | "sqlite"> {
  const file = await open(database);
  try {
    const { buffer } = await file.read(Buffer.alloc(16), 0, 16, 0);
    const head = buffer.toString("latin1");
    if (head.startsWith("SQLite format 3\0")) return "sqlite";
    if (head.slice(8, 12) === "DUCK") return "duckdb";
  } finally {
    await file.close();
  }
  throw unreadable(database, name, "it is neither DuckDB's nor SQLite's");
}

async function attach(connection: DuckDBConnection, database: string, name: string): Promise<void> {
  try {
    await connection.run(`ATTACH ${quoted(resolve(database))} AS base (READ_ONLY)`);
    await connection.run("USE base");
  } catch (error) {
    const reason = reasonOf(error);
    const isOpen = /lock/i.test(reason);
    throw isOpen
      ? unreadable(database, name, "another program has it open", databaseUnreadable.helps.closeOther())
      : unreadable(database, name, reason);
  }
}

async function tablesIn(connection: DuckDBConnection): Promise<FoundTable[]> {
  const query = ["table", "view"].map(
    (what) =>
      `SELECT schema_name, ${what}_name FROM duckdb_${what}s() WHERE database_name = 'base' AND NOT internal`,
  );
  const rows = (await connection.runAndReadAll(`${query.join(" UNION ALL ")} ORDER BY ALL`)).getRows();
  return rows.map(([schema, table]) => ({ schema: String(schema), table: String(table) }));
}
