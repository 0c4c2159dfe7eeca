// Parses a CSV into columns. The delimiter is the most frequent one in the first line. Every value is text;
// an empty one is null.

import { dsvFormat } from "d3-dsv";

export interface CsvColumns {
  readonly headers: readonly string[];
  readonly columns: readonly (readonly (string | null)[])[];
}

const DELIMITERS = [",", "\t", ";", "|"];
/** A quoted value may contain delimiters and line breaks. */
const QUOTED = /"[^"]*"/g;
/** Column names are shorter than this. */
const LONGEST_LINE = 1 << 20;

/**
 * Rows shorter than the first line are filled with nulls; additional values are dropped. A blank line is a
 * row if there is only one column, as for `dinc train`.
 */
export function parseCsv(text: string): CsvColumns {
  const plain = text.replace(/^\ufeff?[\r\n]*/, "");
  const [first = ""] = plain
    .slice(0, LONGEST_LINE)
    .replaceAll(QUOTED, "")
    .split(/[\r\n]/, 1);
  const times = (delimiter: string) => first.split(delimiter).length;
  const [delimiter] = DELIMITERS.toSorted((a, b) => times(b) - times(a));
  const [headers = [], ...rows] = dsvFormat(delimiter!).parseRows(plain);
  const columns = headers.map((): (string | null)[] => []);
  for (const row of rows) {
    if (headers.length > 1 && row.length === 1 && row[0] === "") continue;
    for (const [i, column] of columns.entries()) column.push(row[i] || null);
  }
  return { headers, columns };
}
