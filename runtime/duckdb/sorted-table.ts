// A table of numbers that DuckDB sorts, on disk if it exceeds DuckDB's memory. Rows are added in chunks, and
// come back in chunks in the order of the first columns.

import type { DuckDBAppender, DuckDBConnection, DuckDBDataChunk } from "@duckdb/node-api";
import { invariant } from "../../compiler/common/internal-error.ts";
import { streamed } from "./streamed.ts";
import { numbersOf, setNumbers } from "./vector-numbers.ts";

type Api = typeof import("@duckdb/node-api");

export interface TableColumn {
  readonly type: "int32" | "float64";
}

/** Values of consecutive rows, by column. */
export type TableChunk = readonly ArrayLike<number>[];

/** The number of rows in a chunk, at most 2,048 in DuckDB. */
export const CHUNK_ROWS = 2048;

const NAME = "rows_to_sort";

export class SortedTable {
  private readonly api: Api;
  private readonly connection: DuckDBConnection;
  private readonly columns: readonly TableColumn[];
  private readonly appender: DuckDBAppender;
  /**
   * Reused for each chunk: the garbage collector does not know the size of chunks, and would free them late.
   */
  private readonly chunk: DuckDBDataChunk;
  private filled = 0;

  private constructor(
    api: Api,
    connection: DuckDBConnection,
    columns: readonly TableColumn[],
    appender: DuckDBAppender,
    chunk: DuckDBDataChunk,
  ) {
    this.api = api;
    this.connection = connection;
    this.columns = columns;
    this.appender = appender;
    this.chunk = chunk;
  }

  /** Needs a connection of its own. */
  static async create(connection: DuckDBConnection, columns: readonly TableColumn[]): Promise<SortedTable> {
    const api = await import("@duckdb/node-api");
    const { DuckDBDataChunk, DOUBLE, INTEGER } = api;
    const typed = columns.map(({ type }, i) => `${nameOf(i)} ${type === "int32" ? "INTEGER" : "DOUBLE"}`);
    await connection.run(`CREATE TEMP TABLE ${NAME} (${typed.join(", ")})`);
    const types = columns.map(({ type }) => (type === "int32" ? INTEGER : DOUBLE));
    return new SortedTable(
      api,
      connection,
      columns,
      await connection.createAppender(NAME),
      DuckDBDataChunk.create(types, CHUNK_ROWS),
    );
  }

  /** Adds at most CHUNK_ROWS rows. */
  append(rows: number, values: TableChunk): void {
    invariant(rows <= CHUNK_ROWS, `a chunk of ${rows} rows`);
    if (rows === 0) return;
    if (this.chunk.rowCount !== rows) this.chunk.rowCount = rows;
    for (const [i, column] of values.entries()) {
      const vector = this.chunk.getColumnVector(i);
      if (!setNumbers(this.api, vector, column))
        for (let row = 0; row < rows; row++) vector.setItem(row, column[row]!);
      vector.flush();
    }
    this.appender.appendDataChunk(this.chunk);
    this.filled += rows;
  }

  /**
   * Visits the columns from `first` on, sorted by the first `keys` columns. Must be called once, after all
   * rows are added.
   */
  async sorted(
    keys: number,
    first: number,
    visit: (rows: number, values: TableChunk) => void,
  ): Promise<void> {
    this.appender.closeSync();
    const wanted = this.columns.map((_, i) => nameOf(i)).slice(first);
    const order = this.columns.slice(0, keys).map((_, i) => nameOf(i));
    const query = `SELECT ${wanted.join(", ")} FROM ${NAME} ORDER BY ${order.join(", ")}`;
    let rows = 0;
    for await (const chunk of streamed(this.connection, query)) {
      const values = wanted.map((_, i) => {
        const vector = chunk.getColumnVector(i);
        return numbersOf(this.api, vector) ?? (vector.toArray() as number[]);
      });
      visit(chunk.rowCount, values);
      rows += chunk.rowCount;
    }
    invariant(rows === this.filled, `${rows} sorted rows of ${this.filled}`);
  }

  /**
   * The value in `column` of row number `place`, from 0, among the rows with first key `key`, in sorted
   * order.
   */
  async valueOf(key: number, place: number, keys: number, column: number): Promise<number> {
    const order = this.columns.slice(0, keys).map((_, i) => nameOf(i));
    const found = await this.connection.runAndReadAll(
      `SELECT ${nameOf(column)} FROM ${NAME} WHERE ${nameOf(0)} = ${key} ORDER BY ${order.join(", ")} LIMIT 1 OFFSET ${place}`,
    );
    return Number(found.getRows()[0]![0]);
  }

  close(): void {
    this.connection.closeSync();
  }
}

function nameOf(column: number): string {
  return `c${column}`;
}
