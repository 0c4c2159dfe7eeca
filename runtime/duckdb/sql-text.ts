// Writes names, texts and paths in SQL.

/** The SQL for exactly this file. DuckDB would expand wildcards and brackets in a path. */
export function fileInSql(path: string): string {
  return quoted(path.replace(/[*?[]/g, "[$&]"));
}

/** A name in SQL. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text in SQL. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
