// Repeats a query to find DuckDB's reason for an error: with one thread, which always meets the first fault
// first, and in an instance of its own, because an error may have made the reading one useless.

/** A query's first value, undefined where it gives no row. Throws DuckDB's error. */
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

/** Its error, null where it has none. */
export function errorOf(query: string): Promise<unknown> {
  return queryAlone(query).then(
    () => null,
    (error: unknown) => error,
  );
}
