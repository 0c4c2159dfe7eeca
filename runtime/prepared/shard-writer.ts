// Writes rows as Parquet by DuckDB, a file after the other, in memory that does not depend on how many rows there are.

import { open } from "node:fs/promises";
import type { DuckDBConnection, DuckDBInstance, DuckDBType, DuckDBValue } from "@duckdb/node-api";
import { duckDbSettings } from "../duckdb/memory-limits.ts";
import { CHUNK_ROWS } from "../duckdb/sorted-table.ts";
import { identifier, quoted } from "../duckdb/sql-text.ts";
import type { Scratch } from "../files/scratch.ts";
import type { PreparedCell } from "./prepared-columns.ts";
import type { ArrowColumnType } from "./prepared-folder.ts";

/** What DuckDB may take: some row groups of what is written, with room for the threads that compress them. */
const MEMORY = 256 * 2 ** 20;

/** A reader has so many rows in memory at least, and can shuffle within them. */
const ROW_GROUP = 16_384;

export interface WrittenColumn {
  readonly name: string;
  readonly type: ArrowColumnType | "double" | "text" | "int64";
}

/** null where there is no value. */
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

  /** Rows that DuckDB has no memory for go to `scratch`. */
  static async open(scratch: Scratch): Promise<ShardWriter> {
    const api = await import("@duckdb/node-api");
    const limits = { bytes: MEMORY, folder: scratch.path };
    const instance = await api.DuckDBInstance.create(":memory:", duckDbSettings(limits));
    return new ShardWriter(api, instance, await instance.connect());
  }

  /** Writes one file, of what `chunks` have: by column the values of consecutive rows, at most `CHUNK_ROWS`. */
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
    // Used again for each chunk: a new one would wait for the garbage collector, which does not see its size.
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

/** Has what was written on the disk before a name says that it is. */
async function flush(path: string): Promise<void> {
  const file = await open(path, "r+");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
