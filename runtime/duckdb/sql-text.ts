// Names, texts and paths as SQL writes them.

/** The file at a path in SQL, and no other: DuckDB takes a path with wildcards or brackets for all files that fit. */
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
