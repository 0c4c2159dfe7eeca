// Opens a data file: what columns it has, how DuckDB reads it, and, where it cannot, at which row that is.

import { access, constants } from "node:fs/promises";
import type { DuckDBConnection } from "@duckdb/node-api";
import { malformedFile, unknownFormat } from "../../../compiler/diagnostics/catalog/data.ts";
import { fileUnreadable } from "../../../compiler/diagnostics/catalog/run.ts";
import { DiagnosticError, diagnose, inData, noLocation } from "../../../compiler/diagnostics/diagnostic.ts";
import type { CsvFormat } from "../../../compiler/frontend/config/csv-format.ts";
import { type DataFormat, formatOf, helpForFormat } from "../../../compiler/frontend/config/data-formats.ts";
import { errorOf } from "../../duckdb/alone.ts";
import { isNoFault } from "../../duckdb/errors.ts";
import { fileInSql, identifier, quoted } from "../../duckdb/sql-text.ts";
import { describing, expression } from "../../duckdb/values.ts";
import { fileProblem } from "../../files/file-problem.ts";
import { requireState, stateOf } from "../../files/file-state.ts";
import { requireFile } from "../../files/read-text.ts";
import { csvHeader, headerProblem } from "./csv-header.ts";
import { csvRows, endsInLongLine, type ReadingEnd, STRAY_QUOTE, type Unreadable } from "./csv-rows.ts";
import type { FilePart, Origin, SqlColumn } from "./data-file.ts";
import { problemIn, reasonAt } from "./duckdb-problem.ts";
import { beginsWithMark, FileCopies, needsCopy, UNIT_SEPARATOR } from "./file-copies.ts";
import { csvInSql, typedInSql } from "./file-sql.ts";
import { jsonRows } from "./json-rows.ts";
import { refuseOtherEncoding } from "./other-encoding.ts";
import { refuseOtherSeparator } from "./other-separator.ts";
import { isPacked, refuseDamagedGzip } from "./packed-file.ts";
import { parquetFault } from "./parquet-fault.ts";
import { saidOf } from "./said-of.ts";
import { nothingReads, type SortedOut, sortedCsv, sortedLines, unreadableAt } from "./unreadable-rows.ts";

export class FileOpener {
  private readonly connection: DuckDBConnection;
  /** Whether rows that do not parse are left out. */
  private readonly isTolerant: boolean;
  private readonly csv: CsvFormat;
  private readonly copies = new FileCopies();

  constructor(connection: DuckDBConnection, isTolerant: boolean, csv: CsvFormat) {
    this.connection = connection;
    this.isTolerant = isTolerant;
    this.csv = csv;
  }

  close(): Promise<void> {
    return this.copies.close();
  }

  async open(path: string): Promise<FilePart> {
    const format = formatOf(path);
    if (format === undefined)
      throw new DiagnosticError([
        diagnose(unknownFormat, { path }, inData({ path }), { help: helpForFormat(path) }),
      ]);
    await readable(path);
    const state = await stateOf(path);
    const isText = format === "csv" || format === "tsv";
    const isJson = format === "json" || format === "json_lines";
    if (isText ? needsCopy(this.csv) : isJson && (await beginsWithMark(path))) {
      const location = await (isText ? this.copies.copyOf(path, this.csv) : this.copies.withoutMark(path));
      await requireState(path, path, state);
      const { delimiter } = this.csv;
      const inCopy = delimiter !== null && delimiter.length > 1 ? UNIT_SEPARATOR : delimiter;
      const origin = {
        path: location,
        location,
        format,
        names: [],
        delimiter: inCopy ?? delimiterOf(format),
        state: await stateOf(location),
      };
      const copy = await (isJson ? this.jsonFile(origin, format) : this.csvFile(origin)).catch((error) => {
        throw saidOf(error, { location, path });
      });
      return { ...copy, path, copied: { location: path, state } };
    }
    if (isPacked(path) && !isText) await refuseDamagedGzip(path);
    if (format !== "parquet") await refuseOtherEncoding(path);
    const delimiter = (isText ? this.csv.delimiter : null) ?? delimiterOf(format);
    const origin: Origin = { path, location: path, format, state, names: [], delimiter };
    switch (format) {
      case "csv":
      case "tsv":
        return this.csvFile(origin);
      case "parquet":
        return this.typedFile(origin, typedInSql(path, format), await this.parquetRows(origin));
      case "json":
      case "json_lines":
        return this.jsonFile(origin, format);
    }
  }

  private async csvFile(of: Origin): Promise<FilePart> {
    const { delimiter } = of;
    const isLongEnd = await endsInLongLine(of.path);
    const { names, hasStrayQuote } = await csvHeader(of.path, delimiter);
    await refuseOtherSeparator(of.path, delimiter, names);
    if (hasStrayQuote) throw headerProblem(of.path, STRAY_QUOTE);
    const origin = { ...of, names };
    const written = this.csv.decimal === "," ? { hasDecimalComma: true } : {};
    const columns = new Map<string, SqlColumn>();
    const ambiguous = new Set<string>();
    for (const [i, name] of names.entries())
      if (columns.has(name)) ambiguous.add(name);
      else columns.set(name, { name, type: "value", typeName: "text", sql: `c${i}`, ...written });
    const table = { columns, ambiguous };
    const tooLong = isLongEnd && !this.isTolerant ? await this.firstUnreadable(origin) : null;
    if (tooLong !== null) throw unreadableAt(of.path, tooLong);
    if (!this.isTolerant || names.length === 0)
      return {
        ...origin,
        ...table,
        sql: csvInSql(of.path, delimiter, names.length),
        rows: null,
        ...COMPLETE,
      };
    return { ...origin, ...table, ...readableOf(origin, await this.sortedOut(origin)) };
  }

  private async jsonFile(origin: Origin, format: "json" | "json_lines"): Promise<FilePart> {
    const { path } = origin;
    const { rows, isCut, noRecord } = await jsonRows(path, format);
    // A list of nothing, or nothing but blanks: DuckDB would give it a column.
    if (rows === 0 && !isCut) return this.typedFile(origin, "", 0);
    if (this.isTolerant && format === "json_lines") {
      const sound = readableOf(origin, await this.sortedOut(origin));
      const { leftOut, unreadable } = sound;
      return { ...(await this.typedFile(origin, sound.sql, sound.rows)), leftOut, unreadable };
    }
    const file = await this.typedFile(origin, typedInSql(path, format), rows);
    const [only] = file.columns.values();
    // What DuckDB makes of rows that are no records.
    if (file.columns.size === 1 && only!.name === "json" && only!.typeName === "JSON")
      throw await this.problemOf(origin, [], new Error("its rows are not all JSON objects"));
    if (noRecord !== null) {
      const first = format === "json_lines" ? await this.firstUnreadable(origin) : null;
      throw unreadableAt(path, first ?? { row: noRecord, reason: "it is not a JSON object", column: null });
    }
    if (!isCut) return file;
    const reason = "it is cut short: the list of its rows has no end";
    throw new DiagnosticError([diagnose(malformedFile, { reason }, inData({ path, row: rows! }))]);
  }

  private async typedFile(origin: Origin, sql: string, rows: number | null): Promise<FilePart> {
    const columns = new Map<string, SqlColumn>();
    const table = { columns, ambiguous: new Set<string>() };
    if (sql === "") return { ...origin, ...table, sql, rows, ...COMPLETE };
    const described = await this.rowsOf(origin, describing(`SELECT * FROM ${sql}`));
    const types = described.map(([name, type]) => [String(name), String(type)] as const);
    const asWritten = types.map(([name, type]) => [name, isJson(sql) ? textIfGuessed(type) : type] as const);
    for (const [name, type] of asWritten)
      columns.set(name, {
        name,
        type: /\[\d*\]$/.test(type) ? "list" : "value",
        typeName: type,
        sql: expression(identifier(name), type),
        ...(type.startsWith("DECIMAL") ? { exact: `CAST(${identifier(name)} AS VARCHAR)` } : {}),
      });
    if (types.some(([name]) => name.includes("\0")))
      throw await this.problemOf(origin, [], new Error(NUL_IN_NAME));
    const isGuessed = types.some(([, type], i) => type !== asWritten[i]![1]);
    return { ...origin, ...table, sql: isGuessed ? withTypes(sql, asWritten) : sql, rows, ...COMPLETE };
  }

  /** How many rows a Parquet file says that it has. */
  private async parquetRows(origin: Origin): Promise<number> {
    const query = `SELECT num_rows FROM parquet_file_metadata(${fileInSql(origin.location)})`;
    return Number((await this.rowsOf(origin, query))[0]![0]);
  }

  /** Of a file of text: the rows that parse, and those that do not. */
  private sortedOut({ location, format, names, delimiter }: Origin): Promise<SortedOut> {
    if (format === "json_lines") return sortedLines(this.connection, location, typedInSql(location, format));
    return sortedCsv(location, csvInSql(location, delimiter, names.length), delimiter, names);
  }

  /** Of a file of text: the first row that does not parse. */
  async firstUnreadable({
    location,
    format,
    names,
    delimiter,
  }: Origin): Promise<Unreadable | ReadingEnd | null> {
    const { unreadable, end } =
      format === "json_lines"
        ? await sortedLines(this.connection, location, typedInSql(location, format))
        : await csvRows(location, delimiter, names, "first");
    return unreadable[0] ?? end;
  }

  /** The few rows that a query about a file gives. */
  async rowsOf(origin: Origin, query: string): Promise<readonly (readonly unknown[])[]> {
    try {
      return (await this.connection.runAndReadAll(query)).getRows();
    } catch (error) {
      throw await this.problemOf(origin, [], error);
    }
  }

  /**
   * What to say where DuckDB cannot read `columns` of a file: at the first row that does not parse, whichever
   * DuckDB met first.
   */
  async problemOf(origin: Origin, columns: readonly string[], error: unknown): Promise<unknown> {
    if (isNoFault(error)) return error;
    const { path, location, format } = origin;
    await requireState(path, location, origin.state);
    if (format === "parquet") return problemIn(path, error, await parquetFault(location, columns));
    if (format === "json") {
      const { odd } = await jsonRows(location, format);
      const known = odd === null ? null : { row: odd };
      return problemIn(path, (await errorOf(described(location, format))) ?? error, known);
    }
    const first = await this.firstUnreadable(origin);
    if (first === null) return problemIn(path, error);
    if (format !== "json_lines") return unreadableAt(path, first);
    const reason = reasonAt(first.row, await errorOf(described(location, format)));
    return unreadableAt(path, { ...first, reason: reason ?? first.reason });
  }
}

async function readable(path: string): Promise<void> {
  try {
    await access(path, constants.R_OK);
    await requireFile(path);
  } catch (error) {
    throw new DiagnosticError([diagnose(fileUnreadable, { path, reason: fileProblem(error) }, noLocation)]);
  }
}

/** Nothing could ask for it. */
const NUL_IN_NAME = "the name of a column holds a NUL byte";

function isJson(sql: string): boolean {
  return sql.startsWith("read_json(");
}

/**
 * JSON has no dates, times and UUIDs: DuckDB makes them of texts, 3 April of `03-04-2026`, and drops what it
 * does not need.
 */
function textIfGuessed(type: string): string {
  return type.replace(/^(?:DATE|TIME|TIMESTAMP|TIMESTAMP WITH TIME ZONE|UUID)(?=(?:\[\])*$)/, "VARCHAR");
}

/** The expression that reads JSON, with the types that are given instead of those that DuckDB finds. */
function withTypes(sql: string, types: readonly (readonly [name: string, type: string])[]): string {
  const columns = types.map(([name, type]) => `${quoted(name)}: ${quoted(type)}`).join(", ");
  return sql.replace(/\)$/, `, columns={${columns.replaceAll("$", "$$$$")}})`);
}

/** A query that reads the whole file, of the formats that have no names of columns at a place of their own. */
function described(location: string, format: "json" | "json_lines"): string {
  return `DESCRIBE SELECT * FROM ${typedInSql(location, format)}`;
}

/** What stands between the values of a line. */
function delimiterOf(format: DataFormat): string {
  return format === "tsv" ? "\t" : ",";
}

/** A file of which no row is left out. */
const COMPLETE = { leftOut: [], unreadable: [] };

/**
 * What is read of a file without the rows that do not parse. Throws DiagnosticError where nobody can tell
 * which those are, or it is all.
 */
function readableOf(
  { path }: Origin,
  { sql, rows, unreadable, end }: SortedOut,
): Pick<FilePart, "sql" | "rows" | "leftOut" | "unreadable"> {
  const mayRead = end === null || (end.isLineEnd && unreadable.length === 0);
  if (!mayRead) throw unreadableAt(path, end);
  if (rows === 0 && unreadable.length > 0) throw nothingReads(path, unreadable);
  return { sql, rows, leftOut: unreadable.map(({ row }) => row), unreadable };
}
