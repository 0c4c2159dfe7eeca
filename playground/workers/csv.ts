// A CSV's text as columns: quoted values, any line ends, and the delimiter that its first line has most. Every value is text; an empty one is null.

export interface CsvColumns {
  readonly headers: readonly string[];
  readonly columns: readonly (readonly (string | null)[])[];
}

const DELIMITERS = [",", "\t", ";", "|"];

/** Rows shorter than the first line have nulls at their end; what they have more is left out. */
export function parseCsv(text: string): CsvColumns {
  const plain = text.startsWith("\ufeff") ? text.slice(1) : text;
  const line = plain.slice(0, endOfLine(plain, 0));
  const counts = DELIMITERS.map((delimiter) => ({ delimiter, count: outsideQuotes(line, delimiter) }));
  const [{ delimiter }] = counts.toSorted((a, b) => b.count - a.count) as [(typeof counts)[number]];
  const [headers = [], ...rows] = rowsOf(plain, delimiter);
  const columns = headers.map((): (string | null)[] => []);
  for (const row of rows)
    for (const [i, column] of columns.entries()) {
      const value = row[i];
      column.push(value === undefined || value === "" ? null : value);
    }
  return { headers, columns };
}

function endOfLine(text: string, from: number): number {
  let inQuotes = false;
  for (let at = from; at < text.length; at++) {
    if (text[at] === '"') inQuotes = !inQuotes;
    else if (!inQuotes && (text[at] === "\n" || text[at] === "\r")) return at;
  }
  return text.length;
}

function outsideQuotes(line: string, delimiter: string): number {
  return line.replace(/"[^"]*"/g, "").split(delimiter).length - 1;
}

function rowsOf(text: string, delimiter: string): string[][] {
  if (!text.includes('"'))
    return text
      .split(/\r\n|\n|\r/)
      .filter((line) => line !== "")
      .map((line) => line.split(delimiter));
  const rows: string[][] = [];
  let at = 0;
  while (at < text.length) {
    const end = endOfLine(text, at);
    if (end > at) rows.push(valuesOf(text.slice(at, end), delimiter));
    at = end + 1;
  }
  return rows;
}

function valuesOf(line: string, delimiter: string): string[] {
  if (!line.includes('"')) return line.split(delimiter);
  const values: string[] = [];
  let at = 0;
  while (at <= line.length) {
    if (line[at] !== '"') {
      const next = line.indexOf(delimiter, at);
      const end = next < 0 ? line.length : next;
      values.push(line.slice(at, end));
      at = end + 1;
      continue;
    }
    let [value, from] = ["", at + 1];
    for (;;) {
      const close = line.indexOf('"', from);
      const end = close < 0 ? line.length : close;
      value += line.slice(from, end);
      at = end + 1;
      if (line[at] !== '"' || close < 0) break;
      value += '"';
      from = at + 1;
    }
    values.push(value);
    const next = line.indexOf(delimiter, at);
    at = next < 0 ? line.length + 1 : next + 1;
  }
  return values;
}
