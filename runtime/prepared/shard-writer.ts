// Writes rows as Parquet with DuckDB, one file after the other. The memory does not depend on the number of
// rows.

import { open } from "node:fs/promises";
import type { DuckDBConnection, DuckDBInstance, DuckDBType, DuckDBValue } from "@duckdb/node-api";
import { duckDbSettings } from "../duckdb/memory-limits.ts";
import { CHUNK_ROWS } from "../duckdb/sorted-table.ts";
import { identifier, quoted } from "../duckdb/sql-text.ts";
import type { Scratch } from "../files/scratch.ts";
import type { PreparedCell } from "./prepared-columns.ts";
import type { ArrowColumnType } from "./prepared-folder.ts";

/** The memory for DuckDB: enough for some row groups, and for the threads that compress them. */
const MEMORY = 256 * 2 ** 20;

/** The least number of rows that a reader holds in memory, and within which it can shuffle. */
const ROW_GROUP = 16_384;

export interface WrittenColumn {
  readonly name: string;
  readonly type: ArrowColumnType | "double" | "text" | "int64";
}

/** Null means no value. */
export type WrittenCell = PreparedCell | string | bigint | null;

type Api = typeof import("@duckdb/node-api");

export class ShardWriter {
  private readonly api: Api;
  private readonly instance: DuckDBInstance;
  private readonly connection: DuckDBConnection;

  private constructor(api: Api, instance: DuckDBInstance, connection: DuckDBConnection) {
    this.api = api;
    this.instance = instance;
    this.connection = connection;
  }

  /** DuckDB writes rows that do not fit into memory to `scratch`. */
  static async open(scratch: Scratch): Promise<ShardWriter> {
    const api = await import("@duckdb/node-api");
    const limits = { bytes: MEMORY, folder: scratch.path };
    const instance = await api.DuckDBInstance.create(":memory:", duckDbSettings(limits));
    return new ShardWriter(api, instance, await instance.connect());
  }

  /**
   * Writes one file from `chunks`, which contain the values of at most `CHUNK_ROWS` consecutive rows by
   * column.
   */
  async write(
    path: string,
    columns: readonly WrittenColumn[],
    chunks: AsyncIterable<readonly ArrayLike<WrittenCell>[]> | Iterable<readonly ArrayLike<WrittenCell>[]>,
  ): Promise<void> {
    const { DuckDBDataChunk } = this.api;
    const types = columns.map(({ type }) => this.typeOf(type));
    const fields = columns.map(({ name }, i) => `${identifier(name)} ${String(types[i])}`);
    await this.connection.run(`CREATE OR REPLACE TEMP TABLE shard (${fields.join(", ")})`);
    const appender = await this.connection.createAppender("shard");
    // Reused for each chunk: the garbage collector does not know the size of chunks, and would free them
    // late.
    const chunk = DuckDBDataChunk.create(types, CHUNK_ROWS);
    for await (const values of chunks) {
      const rows = values[0]!.length;
      if (chunk.rowCount !== rows) chunk.rowCount = rows;
      for (const [i, cells] of values.entries()) {
        const vector = chunk.getColumnVector(i);
        for (let row = 0; row < rows; row++) vector.setItem(row, this.valueOf(cells[row] as WrittenCell));
        vector.flush();
      }
      appender.appendDataChunk(chunk);
    }
    appender.closeSync();
    const format = `FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE ${ROW_GROUP}`;
    await this.connection.run(`COPY shard TO ${quoted(path)} (${format})`);
    await this.connection.run("DROP TABLE shard");
    await flush(path);
  }

  close(): void {
    this.connection.closeSync();
    this.instance.closeSync();
  }

  private valueOf(cell: WrittenCell): DuckDBValue {
    return cell === null || typeof cell !== "object"
      ? cell
      : this.api.listValue(cell.map((each) => this.valueOf(each)));
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
