// Writes the expressions that select DuckDB's values as cells.

/** The expression of a column whose values arrive as text, number, bigint or boolean. */
export function expression(column: string, type: string): string {
  if (type.endsWith("[]")) {
    const element = type.slice(0, -2);
    return keptAsIs(element) ? column : `list_transform(${column}, lambda x: ${expression("x", element)})`;
  }
  // An array of fixed length becomes a list.
  const array = /^(.*)\[\d+\]$/.exec(type);
  if (array !== null) return expression(`CAST(${column} AS ${array[1]}[])`, `${array[1]}[]`);
  if (keptAsIs(type)) return column;
  // Whole numbers of any length stay exact.
  if (/^DECIMAL\(\d+,0\)$/.test(type)) return `CAST(${column} AS HUGEINT)`;
  if (type.startsWith("DECIMAL")) return `CAST(${column} AS DOUBLE)`;
  return `CAST(${column} AS VARCHAR)`;
}

/**
 * The expression for a text that DuckDB's client decodes: it drops a byte order mark at the beginning, so such a
 * text gets a second one. `CellDecoder` needs none.
 */
export function outgoing(text: string): string {
  return `CASE WHEN starts_with(${text}, chr(65279)) THEN chr(65279) || ${text} ELSE ${text} END`;
}

/** The query for the column names and types of `source`. */
export function describing(source: string): string {
  return `SELECT ${outgoing("column_name")}, column_type FROM (DESCRIBE ${source})`;
}

export function isNumeric(type: string): boolean {
  return /^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE)$/.test(type);
}

function keptAsIs(type: string): boolean {
  return isNumeric(type) || /^(VARCHAR|BOOLEAN)$/.test(type);
}
