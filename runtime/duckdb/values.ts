// Writes the expressions that select DuckDB's values as cells.

/** The expression of a column whose values arrive as text, number, bigint or boolean. */
export function expression(column: string, type: string): string {
  if (type.endsWith("[]")) {
    const element = type.slice(0, -2);
    return keptAsIs(element) ? column : `list_transform(${column}, lambda x: ${expression("x", element)})`;
  }
  const pair = partsOfPair(type);
  if (pair !== null) return pairOf(column, pair);
  const map = entriesOfMap(type);
  if (map !== null) return `list_transform(map_entries(${column}), lambda x: ${pairOf("x", map)})`;
  // An array of fixed length becomes a list.
  const array = /^(.*)\[\d+\]$/.exec(type);
  if (array !== null) return expression(`CAST(${column} AS ${array[1]}[])`, `${array[1]}[]`);
  if (keptAsIs(type)) return column;
  // Whole numbers of any length stay exact.
  if (/^DECIMAL\(\d+,0\)$/.test(type)) return `CAST(${column} AS HUGEINT)`;
  if (type.startsWith("DECIMAL")) return `CAST(${column} AS DOUBLE)`;
  return `CAST(${column} AS VARCHAR)`;
}

/** The names of a value and its weight in a struct of such a type. */
type PairNames = readonly [value: string, weight: string];

const NUMBER = String.raw`(?:FLOAT|DOUBLE|DECIMAL\(\d+,\d+\)|U?(?:TINY|SMALL|BIG|HUGE)INT|U?INTEGER)`;
const NAME = String.raw`(?:[A-Za-z_]\w*|"(?:[^"]|"")+")`;
const STRUCT = new RegExp(String.raw`^STRUCT\((${NAME}) [\w(),]+?, (${NAME}) ${NUMBER}\)$`);
const MAP = new RegExp(String.raw`^MAP\([\w(),]+?, ${NUMBER}\)$`);

/** Null for a type other than a struct of a plain value and a number. */
function partsOfPair(type: string): PairNames | null {
  const found = STRUCT.exec(type);
  return found === null ? null : [found[1]!, found[2]!];
}

function entriesOfMap(type: string): PairNames | null {
  return MAP.test(type) ? ["key", "value"] : null;
}

/** A value and its weight, as a list of two texts. */
function pairOf(struct: string, [value, weight]: PairNames): string {
  return `[CAST(${struct}.${value} AS VARCHAR), CAST(${struct}.${weight} AS VARCHAR)]`;
}

/** The type of a column's cells: maps and structs with weights become lists of texts. */
export function typeOfCells(type: string): string {
  if (MAP.test(type)) return "VARCHAR[][]";
  return STRUCT.test(type) ? "VARCHAR[]" : type;
}

/** Whether columns of a type hold lists of cells. */
export function isListed(type: string): boolean {
  return /\[\d*\]$/.test(typeOfCells(type));
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
