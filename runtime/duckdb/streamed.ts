// The rows of a query as they are computed, and never fewer in silence: DuckDB's interface gives nothing both
// at the end of a result and where it failed.

import type { DuckDBConnection, DuckDBDataChunk } from "@duckdb/node-api";

/** More rows than any file has. */
const ALL_ROWS = 2n ** 62n;

/** Chunks of rows, none of them empty. Throws DuckDB's error where there are rows that it cannot give. */
export async function* streamed(
  connection: DuckDBConnection,
  query: string,
): AsyncGenerator<DuckDBDataChunk> {
  const { ResultReturnType } = await import("@duckdb/node-api");
  const result = await connection.stream(query);
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk !== null && chunk.rowCount > 0) {
      yield chunk;
      continue;
    }
    // A result that failed has no type any more.
    if (result.returnType !== ResultReturnType.INVALID) return;
    // Its error cannot be asked for. The same query that leaves all its rows out fails in the same way, and says why.
    await connection.run(`SELECT * FROM (${query}) OFFSET ${ALL_ROWS}`);
    throw new Error("reading failed, and did not when it was tried again");
  }
}
