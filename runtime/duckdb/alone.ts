// Repeats a query to find DuckDB's reason for an error. It uses one thread, which always finds the first
// fault first, and its own instance, because an error may have made the other one unusable.

/** The first value of a query, undefined if it returns no row. Throws DuckDB's error. */
export async function queryAlone(query: string): Promise<unknown> {
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  try {
    const connection = await instance.connect();
    const rows = (await connection.runAndReadAll(query)).getRows();
    connection.closeSync();
    return rows[0]?.[0];
  } finally {
    instance.closeSync();
  }
}

/** The error of a query; null if it succeeds. */
export function errorOf(query: string): Promise<unknown> {
  return queryAlone(query).then(
    () => null,
    (error: unknown) => error,
  );
}
