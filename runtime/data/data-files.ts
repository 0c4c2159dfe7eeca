// Data files as columns of plain values, through DuckDB: CSV, Parquet and JSON Lines look alike from here. What is wrong
// with a file is a diagnostic; no message of DuckDB's reaches a person as it is.

import { createWriteStream, rmSync } from "node:fs";
import { access, constants, mkdtemp, open, rename, rm, stat } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import type {
  DuckDBConnection,
  DuckDBDataChunk,
  DuckDBInstance,
  DuckDBListValue,
  DuckDBValue,
} from "@duckdb/node-api";
import { type DataFormat, formatOf, helpForPath } from "../../compiler/config/data-formats.ts";
import { unknownFormat } from "../../compiler/diagnostics/catalog/data.ts";
import { fileUnreadable } from "../../compiler/diagnostics/catalog/run.ts";
import { DiagnosticError, diagnose, inData, nowhere } from "../../compiler/diagnostics/diagnostic.ts";
import { nameOfColumn } from "../../compiler/model/column-names.ts";
import { BadRows } from "./bad-rows.ts";
import { csvHeader } from "./csv-header.ts";
import { failing, quoted } from "./duckdb-problem.ts";
import { fileProblem } from "./file-problem.ts";
import { rowInFile } from "./findings.ts";
import { refuseOtherEncoding } from "./other-encoding.ts";
import { refuseOtherSeparator } from "./other-separator.ts";
import { refuseDamagedGzip } from "./packed-file.ts";
import { jsonCell, type RawCell, type RawChunk } from "./raw-values.ts";
import { SortedTable, type TableColumn } from "./sorted-table.ts";
import {
  type Unreadable,
  unreadableInCsv,
  unreadableLines,
  type WithoutUnreadable,
} from "./unreadable-rows.ts";

/** How often reading says how far it is. */
const REPORTED_ROWS = 100_000;

/** One value a row, or a list of them. */
export type ColumnType = "value" | "list";

export interface DataColumn {
  readonly name: string;
  readonly type: ColumnType;
  /** For messages: `BIGINT`, `VARCHAR[]`. */
  readonly typeName: string;
  /** How DuckDB calls it. */
  readonly sql: string;
}

/** An open file. */
export interface DataFile {
  readonly path: string;
  readonly columns: ReadonlyMap<string, DataColumn>;
  /** CSV: names that several columns have, so that none of them can be asked for. */
  readonly ambiguous: ReadonlySet<string>;
  /** CSV: a value is text, and an empty one is missing. */
  readonly textOnly: boolean;
  /** Its table expression in SQL. */
  readonly sql: string;
  /** Rows of the file, from 0 and ascending, that the expression does not have. */
  readonly leftOut: readonly number[];
  /** Those of them that do not parse, and why; known where bad rows are left out. */
  readonly unreadable: readonly Unreadable[];
}

/** What DuckDB may take. */
export interface MemoryLimits {
  readonly bytes: number;
  /** Where it puts what is more. */
  readonly folder: string;
}

/** Each thread needs memory of its own to be of use. */
const BYTES_A_THREAD = 128 * 2 ** 20;

function settingsOf({ bytes, folder }: MemoryLimits): Record<string, string> {
  const threads = Math.max(1, Math.min(availableParallelism(), Math.floor(bytes / BYTES_A_THREAD)));
  return { memory_limit: `${bytes}B`, temp_directory: folder, threads: String(threads) };
}

/** What a file is before anything is known of its rows. */
type PlainFile = Omit<DataFile, "leftOut" | "unreadable">;

/** Reads data files, and leaves rows out as `badRows` says; one for a whole training. */
export class DataFiles {
  readonly badRows: BadRows;
  private readonly instance: DuckDBInstance;
  private readonly connection: DuckDBConnection;

  private readonly report: (line: string) => void;
  /** Folder of what came on standard input. */
  private spooled: string | null = null;
  /** By path; to look for rows that do not parse takes reading the whole file. */
  private readonly opened = new Map<string, DataFile>();
  /** Tables of rows that are left out, so far. */
  private tables = 0;

  private constructor(
    instance: DuckDBInstance,
    connection: DuckDBConnection,
    report: (line: string) => void,
    badRows: BadRows,
  ) {
    this.badRows = badRows;
    this.instance = instance;
    this.connection = connection;
    this.report = report;
  }

  /** `report` gets a line for the person every so many rows. */
  static async open(
    report: (line: string) => void = () => {},
    badRows: BadRows = new BadRows(),
    limits: MemoryLimits | null = null,
  ): Promise<DataFiles> {
    const { DuckDBInstance } = await import("@duckdb/node-api");
    const instance = await DuckDBInstance.create(":memory:", limits === null ? {} : settingsOf(limits));
    const connection = await instance.connect();
    // DuckDB then knows how far it is; it is for dinc to say so.
    await connection.run("SET enable_progress_bar = true; SET enable_progress_bar_print = false");
    return new DataFiles(instance, connection, report, badRows);
  }

  /** Tells the person what is being done. */
  say(line: string): void {
    this.report(line);
  }

  /** An empty table that its owner closes; it gets rows while files are read. */
  async table(columns: readonly TableColumn[]): Promise<SortedTable> {
    return SortedTable.create(await this.instance.connect(), columns);
  }

  async close(): Promise<void> {
    this.connection.closeSync();
    this.instance.closeSync();
    process.off("exit", this.removeSpooled);
    if (this.spooled !== null) await rm(this.spooled, { recursive: true, force: true });
  }

  /** Where the process ends before this is closed: on a signal, or as nobody reads what it writes. */
  private readonly removeSpooled = (): void => {
    if (this.spooled !== null) rmSync(this.spooled, { recursive: true, force: true });
  };

  /** `-` is standard input: CSV, or JSON Lines where it begins with a brace. */
  async file(path: string): Promise<DataFile> {
    const known = this.opened.get(path);
    if (known !== undefined) return known;
    if (path === "-") return { ...(await this.file(await this.standardInput())), path: "standard input" };
    const file = await this.open(path);
    this.opened.set(path, file);
    return file;
  }

  /** The same file without these rows of what is read of it. */
  async without(file: DataFile, rows: readonly number[]): Promise<DataFile> {
    if (rows.length === 0) return file;
    const sql = await this.except(file.sql, rows);
    const inFile = rows.map((row) => rowInFile(row, file.leftOut));
    const leftOut = [...file.leftOut, ...inFile].sort((a, b) => a - b);
    return { ...file, sql, leftOut };
  }

  /** A table expression without some of the rows of `sql`. */
  private async except(sql: string, rows: readonly number[]): Promise<string> {
    const table = `left_out_${this.tables++}`;
    await this.connection.run(`CREATE TEMP TABLE ${table} (number BIGINT)`);
    const appender = await this.connection.createAppender(table);
    for (const row of rows) {
      appender.appendBigInt(BigInt(row));
      appender.endRow();
    }
    appender.closeSync();
    const numbered = `SELECT *, row_number() OVER () - 1 AS ${table}_row FROM ${sql}`;
    return `(SELECT * EXCLUDE (${table}_row) FROM (${numbered}) WHERE ${table}_row NOT IN (SELECT number FROM ${table}))`;
  }

  /** Of texts, where bad rows are left out, without the rows that do not parse. */
  private async open(path: string): Promise<DataFile> {
    const format = formatOf(path);
    if (format === undefined)
      throw new DiagnosticError([
        diagnose(unknownFormat, { path }, inData({ path }), { help: helpForPath(path)! }),
      ]);
    await readable(path);
    if (path.toLowerCase().endsWith(".gz")) await refuseDamagedGzip(path);
    if (format !== "parquet") await refuseOtherEncoding(path);
    const isTolerant = this.badRows.policy !== "fail" && (await stat(path)).size > 0;
    if (format === "csv" || format === "tsv") {
      const file = await csvFile(path, format === "csv" ? "," : "\t");
      const found =
        isTolerant && file.columns.size > 0 && (await unreadableInCsv(this.connection, path, file.sql));
      return withoutUnreadable(file, found || null);
    }
    const found = isTolerant && format === "json_lines" && (await unreadableLines(this.connection, path));
    return withoutUnreadable(
      await this.typedFile(path, found ? found.sql : typedSql(path, format)),
      found || null,
    );
  }

  /** Its names and types have to be known before its rows are read, so it goes through a file. */
  private async standardInput(): Promise<string> {
    this.spooled = await mkdtemp(join(tmpdir(), "dinc-input-"));
    process.once("exit", this.removeSpooled);
    const path = join(this.spooled, "rows");
    await pipeline(process.stdin, createWriteStream(path));
    const file = await open(path);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(1), 0, 1, 0);
    await file.close();
    const typed = `${path}.${bytesRead === 1 && buffer.toString() === "{" ? "jsonl" : "csv"}`;
    await rename(path, typed);
    return typed;
  }

  private async typedFile(path: string, sql: string): Promise<PlainFile> {
    const columns = new Map<string, DataColumn>();
    if ((await stat(path)).size === 0) return { path, columns, ambiguous: new Set(), textOnly: false, sql };
    const described = await failing(path, () =>
      this.connection.runAndReadAll(`DESCRIBE SELECT * FROM ${sql}`),
    );
    for (const [name, type] of described.getRows() as [string, string][])
      columns.set(name, {
        name,
        type: /\[\d*\]$/.test(type) ? "list" : "value",
        typeName: type,
        sql: expression(`"${name.replaceAll('"', '""')}"`, type),
      });
    return { path, columns, ambiguous: new Set(), textOnly: false, sql };
  }

  /** Gives the columns' rows in the file's order, at most `limit` of them; returns how many there were. */
  async scan(
    file: DataFile,
    columns: readonly DataColumn[],
    visit: (chunk: RawChunk) => void,
    limit = Number.POSITIVE_INFINITY,
  ): Promise<number> {
    let rows = 0;
    for await (const chunk of this.chunks(file, columns, limit)) {
      visit(chunk);
      rows += chunk.rows;
    }
    return rows;
  }

  /** As `scan`, a few thousand rows at a time: the file is read as they are taken, and never held as a whole. */
  async *chunks(
    file: DataFile,
    columns: readonly DataColumn[],
    limit = Number.POSITIVE_INFINITY,
  ): AsyncGenerator<RawChunk> {
    if (file.columns.size === 0) return;
    const selected = columns.length === 0 ? "1" : columns.map((column) => column.sql).join(", ");
    let first = 0;
    const result = await failing(file.path, () =>
      this.connection.stream(`SELECT ${selected} FROM ${file.sql}`),
    );
    // DuckDB keeps all rows of a LIMIT before it gives the first; those behind are just not taken.
    while (first < limit) {
      const chunk = await failing(file.path, () => result.fetchChunk());
      if (chunk === null || chunk.rowCount === 0) return;
      const rows = Math.min(chunk.rowCount, limit - first);
      const values = columns.map((column, i) => valuesOf(chunk, i, column));
      yield {
        first,
        rows,
        columns: rows < chunk.rowCount ? values.map((all) => all.slice(0, rows)) : values,
      };
      if (Math.floor(first / REPORTED_ROWS) < Math.floor((first + rows) / REPORTED_ROWS))
        this.report(`${file.path}: ${((first + rows) / 1e6).toFixed(1)} million rows read`);
      first += rows;
    }
  }

  async count(file: DataFile): Promise<number> {
    if (file.columns.size === 0) return 0;
    const query = `SELECT count(*) FROM ${file.sql}`;
    const counted = await failing(file.path, () => this.connection.runAndReadAll(query));
    return Number(counted.getRows()[0]![0]);
  }

  /** How much of the file that is being read is behind it, 0 to 1; null where DuckDB cannot tell. */
  get share(): number | null {
    const { percentage } = this.connection.progress;
    return percentage < 0 ? null : Math.min(1, percentage / 100);
  }
}

/**
 * The column that a spec calls `name`: the one of that name, or else the only one whose name gives it (`Item ID` is
 * `item_id`). Undefined where there is none, or several.
 */
export function columnNamed({ columns }: DataFile, name: string): DataColumn | undefined {
  const own = columns.get(name);
  if (own !== undefined) return own;
  const [only, ...more] = [...columns.values()].filter((column) => nameOfColumn(column.name) === name);
  return more.length === 0 ? only : undefined;
}

/** The column as whole microseconds since 1970 (nanoseconds where it has them); null where it holds no time. */
export function timeColumn(column: DataColumn): DataColumn {
  // Numbers are no times, and trying to read each as one takes longer than all the rest.
  const sql = isNumeric(column.typeName)
    ? "NULL"
    : column.typeName === "TIMESTAMP_NS"
      ? `epoch_ns(CAST(${column.sql} AS TIMESTAMP_NS))`
      : `epoch_us(TRY_CAST(CAST(${column.sql} AS VARCHAR) AS TIMESTAMP))`;
  return { ...column, sql };
}

async function readable(path: string): Promise<void> {
  try {
    await access(path, constants.R_OK);
    if (!(await stat(path)).isFile()) throw Object.assign(new Error(), { code: "EISDIR" });
  } catch (error) {
    throw new DiagnosticError([diagnose(fileUnreadable, { path, reason: fileProblem(error) }, nowhere)]);
  }
}

function typedSql(path: string, format: Exclude<DataFormat, "csv" | "tsv">): string {
  switch (format) {
    case "parquet":
      return `read_parquet(${quoted(path)})`;
    case "json":
      return `read_json(${quoted(path)}, format='auto', sample_size=-1)`;
    case "json_lines":
      return `read_json(${quoted(path)}, format='newline_delimited', sample_size=-1)`;
  }
}

function withoutUnreadable(file: PlainFile, found: WithoutUnreadable | null): DataFile {
  if (found === null) return { ...file, leftOut: [], unreadable: [] };
  const { sql, unreadable } = found;
  return { ...file, sql, leftOut: unreadable.map(({ row }) => row), unreadable };
}

async function csvFile(path: string, delimiter: string): Promise<PlainFile> {
  const names = await failing(path, () => csvHeader(path, delimiter));
  await refuseOtherSeparator(path, delimiter, names);
  const columns = new Map<string, DataColumn>();
  const ambiguous = new Set<string>();
  for (const [i, name] of names.entries())
    if (columns.has(name)) ambiguous.add(name);
    else columns.set(name, { name, type: "value", typeName: "text", sql: `c${i}` });
  const types = names.map((_, i) => `'c${i}': 'VARCHAR'`).join(", ");
  const sql = `read_csv(${quoted(path)}, auto_detect=false, header=true, delim='${delimiter}', quote='"', escape='"', columns={${types}})`;
  return { path, columns, ambiguous, textOnly: true, sql };
}

/** How a column is read so that each value arrives as text, a number, a bigint or a boolean. */
function expression(column: string, type: string): string {
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

function isNumeric(type: string): boolean {
  return /^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE)$/.test(type);
}

function keptAsIs(type: string): boolean {
  return isNumeric(type) || /^(VARCHAR|BOOLEAN)$/.test(type);
}

function valuesOf(chunk: DuckDBDataChunk, index: number, column: DataColumn): RawCell[] {
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
