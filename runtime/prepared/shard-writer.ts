// Writes rows as Parquet with DuckDB, while they are made. The memory does not depend on the number of rows.

import { open } from "node:fs/promises";
import type {
  DuckDBConnection,
  DuckDBDataChunk,
  DuckDBInstance,
  DuckDBListVector,
  DuckDBType,
  DuckDBValue,
} from "@duckdb/node-api";
import { copyChunks } from "../duckdb/copy-chunks.ts";
import { duckDbSettings } from "../duckdb/memory-limits.ts";
import { identifier, quoted } from "../duckdb/sql-text.ts";
import { CHUNK_ROWS } from "../duckdb/streamed.ts";
import { NumberLists, setLists, setNumbers } from "../duckdb/vector-numbers.ts";
import type { Scratch } from "../files/scratch.ts";
import type { PreparedCell } from "./prepared-columns.ts";
import type { ArrowColumnType } from "./prepared-folder.ts";

/** The memory for DuckDB: enough for some row groups, and for the threads that compress them. */
const MEMORY = 256 * 2 ** 20;

/** The least number of rows that a reader holds in memory, and within which it can shuffle. */
const ROW_GROUP = 16_384;

/** Rows are as small at the lowest level of compression, and no one looks single values up. */
const FORMAT = `FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, WRITE_BLOOM_FILTER false, ROW_GROUP_SIZE ${ROW_GROUP}`;

export interface WrittenColumn {
  readonly name: string;
  readonly type: ArrowColumnType | "double" | "text" | "int64";
}

/** Null means no value. */
export type WrittenCell = PreparedCell | string | bigint | null;

type WrittenCells = ArrayLike<WrittenCell> | NumberLists;

export type WrittenChunks = AsyncIterable<readonly WrittenCells[]> | Iterable<readonly WrittenCells[]>;

type Api = typeof import("@duckdb/node-api");

export class ShardWriter {
  private readonly api: Api;
  private readonly instance: DuckDBInstance;

  private constructor(api: Api, instance: DuckDBInstance) {
    this.api = api;
    this.instance = instance;
  }

  /** DuckDB writes rows that do not fit into memory to `scratch`. */
  static async open(scratch: Scratch): Promise<ShardWriter> {
    const api = await import("@duckdb/node-api");
    const limits = { bytes: MEMORY, folder: scratch.path };
    return new ShardWriter(api, await api.DuckDBInstance.create(":memory:", duckDbSettings(limits)));
  }

  /**
   * Writes one file. `chunks` contain the values of at most `CHUNK_ROWS` consecutive rows by column. Chunks that need not be
   * waited for are read while they are written, so that the memory does not depend on their number; several files may be
   * written at a time.
   */
  async write(path: string, columns: readonly WrittenColumn[], chunks: WrittenChunks): Promise<void> {
    const connection = await this.instance.connect();
    try {
      if (Symbol.asyncIterator in chunks) await this.collect(connection, path, columns, chunks);
      else {
        const typed = columns.map(({ name, type }) => ({ name, type: this.typeOf(type) }));
        const iterator = chunks[Symbol.iterator]();
        const setNext = (chunk: DuckDBDataChunk) => {
          const { done, value } = iterator.next();
          if (done !== true) this.set(chunk, value);
          return done !== true;
        };
        await copyChunks(connection, path, typed, setNext, FORMAT);
      }
    } finally {
      connection.closeSync();
    }
    await flush(path);
  }

  /** DuckDB does not wait for chunks, so they become a table first. */
  private async collect(
    connection: DuckDBConnection,
    path: string,
    columns: readonly WrittenColumn[],
    chunks: AsyncIterable<readonly WrittenCells[]>,
  ): Promise<void> {
    // A temporary table belongs to its connection.
    const types = columns.map(({ type }) => this.typeOf(type));
    const fields = columns.map(({ name }, i) => `${identifier(name)} ${String(types[i])}`);
    await connection.run(`CREATE TEMP TABLE shard (${fields.join(", ")})`);
    const appender = await connection.createAppender("shard");
    // Reused for each chunk: the garbage collector does not know the size of chunks, and would free them
    // late.
    const chunk = this.api.DuckDBDataChunk.create(types, CHUNK_ROWS);
    for await (const values of chunks) {
      this.set(chunk, values);
      appender.appendDataChunk(chunk);
    }
    appender.closeSync();
    await connection.run(`COPY shard TO ${quoted(path)} (${FORMAT})`);
  }

  private set(chunk: DuckDBDataChunk, values: readonly WrittenCells[]): void {
    const rows = values[0]!.length;
    if (chunk.rowCount !== rows) chunk.rowCount = rows;
    for (const [i, cells] of values.entries()) {
      const vector = chunk.getColumnVector(i);
      if (cells instanceof NumberLists) {
        setLists(vector as DuckDBListVector, cells);
        continue;
      }
      if (!setNumbers(this.api, vector, cells))
        for (let row = 0; row < rows; row++) vector.setItem(row, this.valueOf(cells[row] as WrittenCell));
      vector.flush();
    }
  }

  close(): void {
    this.instance.closeSync();
  }

  private valueOf(cell: WrittenCell): DuckDBValue {
    if (cell === null || typeof cell !== "object") return cell;
    // The client reads the items of a list by their indices, so numbers need no copy.
    const areNumbers = cell instanceof Int32Array || cell instanceof Float32Array;
    const items: ArrayLike<DuckDBValue> = areNumbers ? cell : Array.from(cell, (each) => this.valueOf(each));
    return this.api.listValue(items as readonly DuckDBValue[]);
  }

  private typeOf(type: string): DuckDBType {
    const element = /^list<(.*)>$/.exec(type)?.[1];
    if (element !== undefined) return this.api.LIST(this.typeOf(element));
    if (type === "text") return this.api.VARCHAR;
    if (type === "int64") return this.api.BIGINT;
    return type === "int32" ? this.api.INTEGER : type === "float" ? this.api.FLOAT : this.api.DOUBLE;
  }
}

/** Flushes the file to disk before it gets its name. */
async function flush(path: string): Promise<void> {
  const file = await open(path, "r+");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
