// Writes rows that a function computes as a Parquet file. DuckDB asks for a chunk once it has taken the previous one, in
// one thread, so that the rows keep their order and the memory does not depend on their number.

import type { DuckDBConnection, DuckDBDataChunk, DuckDBType } from "@duckdb/node-api";
import { identifier, quoted } from "./sql-text.ts";

export interface ChunkColumn {
  readonly name: string;
  readonly type: DuckDBType;
}

/** Tells the functions of a process apart: DuckDB keeps them by name. */
let copies = 0;

/**
 * `setNext` sets the rows of the next chunk, and returns false if there are none. Its errors are thrown as they are.
 * `format` are DuckDB's options of the file.
 */
export async function copyChunks(
  connection: DuckDBConnection,
  path: string,
  columns: readonly ChunkColumn[],
  setNext: (chunk: DuckDBDataChunk) => boolean,
  format: string,
): Promise<void> {
  const { DuckDBTableFunction } = await import("@duckdb/node-api");
  const name = `rows_${copies++}`;
  // DuckDB would keep only the text of an error.
  const thrown: unknown[] = [];
  const rows = DuckDBTableFunction.create({
    name,
    // Two names may be the same to DuckDB, such as `A` and `a`, so the columns have numbers until they are written.
    bindFunction: (info) => {
      for (const [i, { type }] of columns.entries()) info.addResultColumn(`c${i}`, type);
    },
    initFunction: (info) => info.setMaxThreads(1),
    mainFunction: (info, chunk) => {
      try {
        if (!setNext(chunk)) chunk.rowCount = 0;
      } catch (error) {
        thrown.push(error);
        info.setError("the rows could not be read");
      }
    },
  });
  connection.registerTableFunction(rows);
  const selected = columns.map(({ name: column }, i) => `c${i} AS ${identifier(column)}`).join(", ");
  try {
    await connection.run(`COPY (SELECT ${selected} FROM ${name}()) TO ${quoted(path)} (${format})`);
  } catch (error) {
    throw thrown[0] ?? error;
  }
}
