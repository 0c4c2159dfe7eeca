// Yields the rows of a query while they are computed, and never loses rows silently: DuckDB's interface
// returns nothing both at the end of a result and after a failure.

import type { DuckDBConnection, DuckDBDataChunk } from "@duckdb/node-api";

/** The number of rows in a chunk, at most. */
export const CHUNK_ROWS = 2048;

/** More rows than any file contains. */
const ALL_ROWS = 2n ** 62n;

/** Chunks of rows, none of them empty. Throws DuckDB's error if it fails. */
export async function* streamed(
  connection: DuckDBConnection,
  query: string,
  /** Whether the next chunk is fetched while the caller works on this one, so that there are two in memory. */
  isAhead = true,
): AsyncGenerator<DuckDBDataChunk> {
  const { ResultReturnType } = await import("@duckdb/node-api");
  const result = await connection.stream(query);
  let ahead: ReturnType<typeof result.fetchChunk> | null = null;
  try {
    for (;;) {
      const chunk = await (ahead ?? result.fetchChunk());
      ahead = null;
      if (chunk !== null && chunk.rowCount > 0) {
        if (isAhead) ahead = result.fetchChunk();
        // The next turn throws its error.
        ahead?.catch(() => {});
        yield chunk;
        continue;
      }
      // A failed result has lost its type.
      if (result.returnType !== ResultReturnType.INVALID) return;
      // The interface does not return the error. The same query without any rows fails in the same way, with a
      // message.
      await connection.run(`SELECT * FROM (${query}) OFFSET ${ALL_ROWS}`);
      throw new Error("reading failed, and did not when it was tried again");
    }
  } finally {
    // A caller that stops early may close the connection next.
    await ahead?.catch(() => {});
  }
}
