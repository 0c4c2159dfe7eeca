// Reads data files as columns of plain values through DuckDB: CSV, Parquet and JSON Lines have the same
// interface. Faults of a file become diagnostics, and no message of DuckDB reaches a user unchanged.

import type { DuckDBConnection, DuckDBDataChunk, DuckDBInstance } from "@duckdb/node-api";
import { rowInFile } from "../../../compiler/data/findings.ts";
import {
  type ColumnCells,
  DecodedColumn,
  type RawChunk,
  rowsOfChunk,
} from "../../../compiler/data/raw-values.ts";
import { fileChanged, rowsMissing } from "../../../compiler/diagnostics/catalog/data.ts";
import { longValues } from "../../../compiler/diagnostics/catalog/memory.ts";
import { DiagnosticError, diagnose, inData } from "../../../compiler/diagnostics/diagnostic.ts";
import { DEFAULT_MEMORY } from "../../../compiler/frontend/config/config.ts";
import { type CsvFormat, plainCsv } from "../../../compiler/frontend/config/csv-format.ts";
import { elsewhereAt, isElsewhere, nameOfAddress } from "../../../compiler/frontend/config/elsewhere.ts";
import { CellDecoder } from "../../duckdb/cells.ts";
import { isNoFault } from "../../duckdb/errors.ts";
import { isLongRow, longRows, longRowsIn, selecting } from "../../duckdb/long-rows.ts";
import { duckDbSettings, type MemoryLimits } from "../../duckdb/memory-limits.ts";
import { CHUNK_ROWS, streamed } from "../../duckdb/streamed.ts";
import { aboutFile, type FileName, fileName } from "../../files/file-fault.ts";
import { requireState } from "../../files/file-state.ts";
import type { FileFingerprint } from "../../files/fingerprint.ts";
import { unreadableFile } from "../../files/unreadable.ts";
import { copyOf, done } from "../elsewhere/copies.ts";
import { rowFilesOf } from "../elsewhere/stored-files.ts";
import {
  type DataFile,
  type FilePart,
  isEmpty,
  type RowSelection,
  type SqlColumn,
  tableIn,
} from "../formats/data-file.ts";
import { FileOpener } from "../formats/open-file.ts";
import { fileFormats } from "../formats/registry.ts";
import { tolerantCsv } from "../formats/unreadable-rows.ts";
import { LEAST_FOR_DUCKDB } from "../storage/memory.ts";
import { SortedTable, type SortingRoom, type TableColumn } from "../storage/sorted-table.ts";
import type { SpillingStore } from "../storage/spilling-store.ts";
import { BadRowReport } from "./bad-rows.ts";
import { joined, oneFile, ownColumn, withPartitions } from "./joined-files.ts";
import type { KnownFiles } from "./known-files.ts";

/** The number of rows between two reports of progress. */
const REPORTED_ROWS = 100_000;

/** The name of a part for messages. A part may be a copy of a copy, if DuckDB cannot read the first one. */
function nameOf({ path, location, copied }: FilePart): FileName {
  return fileName(path, copied?.location ?? location);
}

/** A file of an address, and the location of its bytes, which are in a copy for a query. */
export interface FoundFile {
  readonly path: string;
  readonly location: string;
  /** Identifies the content; absent if all of it is at the location. */
  readonly fingerprint?: FileFingerprint;
}

interface OpenedCopy extends Pick<FoundFile, "fingerprint"> {
  readonly part: FilePart;
}

/** The caller stopped the reading. */
export class StoppedReading extends Error {
  override readonly name = "StoppedReading";
}

export interface FileOptions {
  /** Receives a line of progress now and then. */
  readonly report?: ((line: string) => void) | undefined;
  /** The policy for bad rows, and its outcome; without it a bad row makes reading fail. */
  readonly badRows?: BadRowReport | undefined;
  /** The maximum memory for DuckDB; without it there is no limit. */
  readonly limits?: MemoryLimits | null;
  /** The format of CSVs; by default it follows from their endings. */
  readonly csv?: CsvFormat | undefined;
  /** Files that other readings with the same options have opened. */
  readonly knownFiles?: KnownFiles | null | undefined;
}

type Settled<Options> = { readonly [Name in keyof Options]-?: Exclude<Options[Name], undefined> };

/** Reads data files, and leaves out rows as `badRows` says. A training uses one object for all files. */
export class DataFiles {
  readonly badRows: BadRowReport;
  private readonly instance: DuckDBInstance;
  private readonly connection: DuckDBConnection;

  private readonly limits: MemoryLimits | null;
  /** Null if bad rows make reading fail: opening a file then does not read it. */
  private readonly known: KnownFiles | null;
  private readonly report: (line: string) => void;
  /** Addresses whose copies are in use. */
  private readonly held: string[] = [];
  private readonly opener: FileOpener;
  /**
   * The opened files by address. Finding rows that do not parse takes a pass over the whole file, so each is
   * opened once.
   */
  private readonly opened = new Map<string, DataFile>();
  /** The files of each address, which stay the same for a whole training. */
  private readonly found = new Map<string, readonly FoundFile[]>();
  /** The memory for tables that are sorted; null before the first one. */
  private sorting: SortingRoom | null = null;
  /** The number of tables made so far. */
  private tables = 0;
  private isStopped = false;
  /** The part that is being read, and the number of parts. */
  private reading = { part: 0, of: 1 };

  private constructor(
    instance: DuckDBInstance,
    connection: DuckDBConnection,
    { report, badRows, csv, limits, knownFiles }: Settled<FileOptions>,
  ) {
    this.known = badRows.policy === "fail" ? null : knownFiles;
    this.limits = limits;
    this.badRows = badRows;
    this.instance = instance;
    this.connection = connection;
    this.opener = new FileOpener(connection, badRows.policy !== "fail", csv);
    this.report = report;
  }

  static async open(options: FileOptions = {}): Promise<DataFiles> {
    const { report = () => {}, badRows = new BadRowReport(), limits = null, csv = plainCsv } = options;
    const { knownFiles = null } = options;
    const { DuckDBInstance } = await import("@duckdb/node-api");
    const instance = await DuckDBInstance.create(":memory:", limits === null ? {} : duckDbSettings(limits));
    const connection = await instance.connect();
    // DuckDB then tracks its progress, which dinc reports.
    await connection.run("SET enable_progress_bar = true; SET enable_progress_bar_print = false");
    // Instants become text in the session's time zone, by default that of the machine. DuckDB without time
    // zones has no such setting, and writes UTC.
    const zones = await connection.runAndReadAll("SELECT 1 FROM duckdb_settings() WHERE name = 'TimeZone'");
    if (zones.currentRowCount > 0) await connection.run("SET GLOBAL TimeZone = 'UTC'");
    return new DataFiles(instance, connection, { report, badRows, csv, limits, knownFiles });
  }

  /** Reports progress to the user. */
  say(line: string): void {
    this.report(line);
  }

  /**
   * Makes an empty table, which gets rows while files are read; its owner closes it. All tables together take
   * half of DuckDB's memory.
   */
  async table(others: readonly TableColumn[], store: SpillingStore): Promise<SortedTable> {
    if (this.sorting === null) {
      const bytes = this.mostAtATime / 2;
      if (this.limits !== null)
        await this.connection.run(`SET memory_limit = '${Math.max(LEAST_FOR_DUCKDB, Math.floor(bytes))}B'`);
      this.sorting = { bytes };
    }
    return new SortedTable(others, store, this.sorting);
  }

  async close(): Promise<void> {
    this.connection.closeSync();
    this.instance.closeSync();
    await this.opener.close();
    for (const address of this.held) await done(address);
  }

  /**
   * The rows of an address: files, a database or a query; `-` is standard input, which is JSON Lines if it
   * begins with a brace, a JSON list if it begins with a bracket, and otherwise CSV. `isUnnamedLog`: they are
   * a log with the rows of all splits.
   */
  async file(address: string, isUnnamedLog = false): Promise<DataFile> {
    const known = this.opened.get(address);
    if (known !== undefined) return known;
    const file = await this.openAll(address, isUnnamedLog);
    this.opened.set(address, file);
    return file;
  }

  private async openAll(address: string, isUnnamedLog: boolean): Promise<DataFile> {
    const found = await rowFilesOf(address);
    if ("problem" in found)
      throw new DiagnosticError([unreadableFile(nameOfAddress(address), found.problem)]);
    const { files, folder } = found;
    const places: FoundFile[] = [];
    this.found.set(address, places);
    const opened = async (path: string): Promise<FilePart> => {
      if (!isElsewhere(path)) {
        places.push({ path, location: path });
        return this.openFile(path);
      }
      const { part, ...known } = await this.openCopy(path);
      places.push({ path: servedAs(path), location: part.copied?.location ?? part.location, ...known });
      return part;
    };
    if (files.length === 1 && files[0] === address)
      return oneFile(withPartitions(await opened(address), address, folder));
    const parts: FilePart[] = [];
    for (const path of files) {
      const part = await opened(path);
      // To leave out bad rows, the number of rows in each earlier part must be known.
      const isUncounted = this.badRows.policy !== "fail" && part.rows === null && part.columns.size > 0;
      const counted = isUncounted ? { ...part, rows: await this.countPart(part) } : part;
      if (!isElsewhere(path)) this.known?.keep(counted);
      parts.push(withPartitions(counted, path, folder));
    }
    return joined(address, parts, isUnnamedLog);
  }

  private async openFile(path: string): Promise<FilePart> {
    return (await this.known?.part(path)) ?? (await this.opener.open(path));
  }

  /** Opens a copy of rows that are in no file of their own. */
  private async openCopy(address: string): Promise<OpenedCopy> {
    const { limits, report } = this;
    const { location, columns } = await copyOf(address, { limits, report });
    this.held.push(address);
    const path = nameOfAddress(address);
    try {
      const part = { ...(await this.opener.open(location)), path };
      if (columns === null) return { part };
      const fetch = (names: readonly string[]) => columns.fetch(names);
      return { part: { ...part, fetch }, fingerprint: columns.fingerprint };
    } catch (error) {
      throw aboutFile(error, fileName(path, location));
    }
  }

  /** The columns that pandas wrote as the index of its rows, by the first file. */
  async pandasIndex({ parts: [part] }: DataFile): Promise<ReadonlySet<string>> {
    if (part === undefined) return new Set();
    return (await fileFormats[part.format.name].indexColumns?.(part, this.opener)) ?? new Set();
  }

  /** The files of an address at the time it was opened. */
  filesOf(address: string): readonly FoundFile[] {
    return this.found.get(address) ?? [{ path: address, location: address }];
  }

  /**
   * Copies the result of a query over the file into a table of DuckDB, so that several queries can read it.
   * Returns the table's name. Throws DiagnosticError if the file cannot be read.
   */
  async copied({ parts }: DataFile, columns: readonly SqlColumn[], query: string): Promise<string> {
    const [part] = parts;
    const table = `copied_${this.tables++}`;
    if (this.isStopped) throw new StoppedReading();
    for (const each of parts) await fetched(each, columns);
    try {
      await this.connection.run(`CREATE TEMP TABLE ${table} AS ${query}`);
    } catch (error) {
      if (this.isStopped) throw new StoppedReading();
      const names = columns.map(({ name }) => name);
      throw aboutFile(
        await this.opener.problemOf({ ...part!, path: part!.location }, names, error),
        nameOf(part!),
      );
    }
    return table;
  }

  /** Removes a table that `copied` made. */
  async drop(table: string): Promise<void> {
    await this.connection.run(`DROP TABLE ${table}`);
  }

  /** Stops the current reading and later copies, which then throw StoppedReading. */
  stop(): void {
    this.isStopped = true;
    this.connection.interrupt();
  }

  /** The same file without the rows of these numbers. */
  async without(file: DataFile, rows: readonly number[]): Promise<DataFile> {
    if (rows.length === 0) return file;
    const parts: FilePart[] = [];
    let [first, at] = [0, 0];
    for (const part of file.parts) {
      const isOnly = file.parts.length === 1;
      const end = isOnly ? Number.POSITIVE_INFINITY : first + part.rows!;
      const from = at;
      while (at < rows.length && rows[at]! < end) at += 1;
      const own = rows.slice(from, at).map((row) => row - first);
      parts.push(own.length === 0 ? part : await this.partWithout(part, own));
      first = end;
    }
    return { ...file, parts, rows: file.rows === null ? null : file.rows - rows.length };
  }

  private async partWithout(part: FilePart, rows: readonly number[]): Promise<FilePart> {
    const sql = await this.except(part.sql, rows);
    const inFile = rows.map((row) => rowInFile(row, part.leftOut));
    const leftOut = [...part.leftOut, ...inFile].sort((a, b) => a - b);
    return { ...part, sql, leftOut, rows: part.rows === null ? null : part.rows - rows.length };
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

  /** Visits the rows of the columns in the file's order, at most `limit`; returns the number of rows. */
  async scan(
    file: DataFile,
    columns: readonly SqlColumn[],
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

  /**
   * Like `scan`, but yields a few thousand rows at a time, and only those that `selection` wants. Files are
   * read on demand and never held as a whole. If a file cannot be read to its end, or to `limit`, a
   * DiagnosticError follows the last rows.
   */
  async *chunks(
    file: DataFile,
    columns: readonly SqlColumn[],
    limit = Number.POSITIVE_INFINITY,
    selection: RowSelection | null = null,
  ): AsyncGenerator<RawChunk> {
    if (isEmpty(file)) return;
    let first = 0;
    for (const [i, part] of file.parts.entries()) {
      this.reading = { part: i, of: file.parts.length };
      const start = first;
      const outside = selection?.outside(part, i) ?? null;
      const odd = outside?.odd === 0 ? [] : this.known?.rowsOf(part, columns);
      if (selection !== null && outside !== null && odd !== undefined) {
        for (const chunk of odd) {
          const columnAt = (at: number) => chunk.columns[at]!;
          yield* selected({ ...chunk, first: first + chunk.first, columnAt }, columns.length, selection);
        }
        selection.passOver(outside);
        first += outside.rows;
        file.places.note(i, outside.rows + part.leftOut.length);
        continue;
      }
      const kept: RawChunk[] = [];
      for await (const { rows, columnAt } of this.chunksOf(part, columns, limit - start)) {
        if (selection === null) yield { first, rows, columns: columns.map((_, place) => columnAt(place)) };
        else
          for (const chunk of selected({ first, rows, columnAt }, columns.length, selection)) {
            if (outside !== null) kept.push(copied(chunk, start));
            yield chunk;
          }
        const end = first + rows;
        if (Math.floor(first / REPORTED_ROWS) < Math.floor(end / REPORTED_ROWS))
          this.report(`${file.path}: ${(end / 1e6).toFixed(1)} million rows read`);
        first = end;
      }
      if (first >= limit) break;
      file.places.note(i, first - start + part.leftOut.length);
      if (outside !== null) this.known?.keepRows(part, columns, kept);
    }
    if (file.parts.length > 1) await this.requireSame(file);
  }

  /** Throws DiagnosticError if one of several files has changed, or if files were added or removed. */
  private async requireSame({ path: address, parts }: DataFile): Promise<void> {
    for (const part of parts) await requireSameFile(part);
    const found = await rowFilesOf(address);
    const now = "problem" in found ? [] : found.files;
    const before = this.filesOf(address).map(({ path }) => path);
    if (now.map(servedAs).join("\0") !== before.join("\0"))
      throw new DiagnosticError([diagnose(fileChanged, {}, inData({ path: address }))]);
  }

  private async *chunksOf(
    part: FilePart,
    columns: readonly SqlColumn[],
    limit: number,
  ): AsyncGenerator<UnreadChunk> {
    let first = 0;
    let from = part;
    let most: number | null = this.mostAtATime;
    const own = columns.map((column) => ownColumn(part, column));
    const api = await import("@duckdb/node-api");
    const decoders = own.map((column) => new CellDecoder(api, column));
    await fetched(part, own);
    for (let isDone = false; !isDone; )
      try {
        // DuckDB collects all rows of a LIMIT before it returns the first, so later rows are ignored here
        // instead.
        for await (const chunk of this.stream(tableIn(from), own, first, most)) {
          const rows = Math.min(chunk.rowCount, limit - first);
          yield {
            first,
            rows,
            columnAt: (place) => {
              const column = decoders[place]!.column(chunk, place);
              return rows < chunk.rowCount ? column.slice(0, rows) : column;
            },
          };
          first += rows;
          if (first >= limit) break;
        }
        isDone = true;
      } catch (error) {
        if (this.isStopped) throw new StoppedReading();
        if (most !== null && isLongRow(error)) {
          await this.requireShort(from, own, most, limit);
          most = null;
        } else from = { ...from, sql: await this.readOn(part, from.sql, columns, limit, error) };
      }
    await requireSameFile(part);
    if (first >= limit || part.rows === null || first === part.rows) return;
    const location = inData({ path: part.path });
    throw new DiagnosticError([diagnose(rowsMissing, { read: first, rows: part.rows }, location)]);
  }

  private stream(
    sql: string,
    columns: readonly SqlColumn[],
    first: number,
    most: number | null,
  ): AsyncIterable<DuckDBDataChunk> {
    // Two chunks are in memory, unless rows are long.
    const query = selecting(sql, columns, most === null ? null : most / 2);
    return streamed(this.connection, first === 0 ? query : `${query} OFFSET ${first}`, most !== null);
  }

  /** The most bytes of texts and lists that DuckDB may return at a time. */
  private get mostAtATime(): number {
    return this.limits?.bytes ?? DEFAULT_MEMORY / 2;
  }

  /** Throws DiagnosticError if neighbouring rows contain more than `most` bytes of texts and lists. */
  private async requireShort(
    part: FilePart,
    columns: readonly SqlColumn[],
    most: number,
    limit: number,
  ): Promise<void> {
    const found = longRowsIn(await this.opener.rowsOf(part, longRows(tableIn(part), columns, most, limit)));
    if (found === null) return;
    const { row, column, bytes } = found;
    const location = inData({
      path: part.path,
      row: rowInFile(row, part.leftOut) + 1,
      column: columns[column]!.name,
    });
    const parameters = { rows: CHUNK_ROWS, bytes, most };
    throw new DiagnosticError([diagnose(longValues, parameters, location)]);
  }

  /**
   * The expression for reading on after `sql` failed. DuckDB reads ahead, so the fault may follow the wanted
   * rows; otherwise throws it.
   */
  private async readOn(
    file: FilePart,
    sql: string,
    columns: readonly SqlColumn[],
    limit: number,
    error: unknown,
  ): Promise<string> {
    const isBeforeLimit = limit < Number.POSITIVE_INFINITY && sql.startsWith("read_csv(");
    if (isBeforeLimit && !isNoFault(error)) {
      const first = await this.opener.firstUnreadable(file);
      if (first !== null && first.row >= limit) return tolerantCsv(sql);
    }
    const names = columns.map(({ name }) => name);
    const origin = { ...file, path: file.location };
    throw aboutFile(await this.opener.problemOf(origin, names, error), nameOf(file));
  }

  async count(file: DataFile): Promise<number> {
    if (isEmpty(file)) return 0;
    let rows = 0;
    for (const part of file.parts) rows += part.rows ?? (await this.countPart(part));
    return rows;
  }

  private async countPart(part: FilePart): Promise<number> {
    return Number((await this.opener.rowsOf(part, `SELECT count(*) FROM ${part.sql}`))[0]![0]);
  }

  /** The index of the part that is being read. */
  get part(): number {
    return this.reading.part;
  }

  /** The share of the open files that was read, 0 to 1; null if DuckDB does not know. */
  get share(): number | null {
    const { percentage } = this.connection.progress;
    const { part, of } = this.reading;
    return percentage < 0 ? null : (part + Math.min(1, percentage / 100)) / of;
  }
}

/** Rows whose columns are converted on demand. */
interface UnreadChunk extends Pick<RawChunk, "first" | "rows"> {
  columnAt(place: number): ColumnCells;
}

function* selected(
  { first, rows, columnAt }: UnreadChunk,
  columns: number,
  { place, rangesOf }: Pick<RowSelection, "place" | "rangesOf">,
): Generator<RawChunk> {
  const own = columnAt(place);
  const ranges = rangesOf(own.cells, first);
  if (ranges.length === 0) return;
  const all = Array.from({ length: columns }, (_, at) => (at === place ? own : columnAt(at)));
  const whole = { first, rows, columns: all };
  for (const [from, to] of ranges) yield rowsOfChunk(whole, from, to);
}

/** A copy of the rows, numbered from `start`. */
function copied({ first, rows, columns }: RawChunk, start: number): RawChunk {
  return { first: first - start, rows, columns: columns.map(({ cells }) => new DecodedColumn([...cells])) };
}

/** Fetches columns of a file that is not complete. */
async function fetched({ fetch }: FilePart, columns: readonly SqlColumn[]): Promise<void> {
  await fetch?.(columns.map(({ name }) => name));
}

/** The path that a run records: the address of a served file may contain a secret. */
function servedAs(path: string): string {
  return elsewhereAt(path)?.kind === "served" ? nameOfAddress(path) : path;
}

/** Throws DiagnosticError if a file, or the source of its copy, has changed. */
async function requireSameFile({ path, location, state, copied }: FilePart): Promise<void> {
  await requireState(path, location, state);
  if (copied !== undefined) await requireState(path, copied.location, copied.state);
}
