// A CSV's text as columns, by the delimiter that its first line has most. Every value is text; an empty one is null.

import { dsvFormat } from "d3-dsv";

export interface CsvColumns {
  readonly headers: readonly string[];
  readonly columns: readonly (readonly (string | null)[])[];
}

const DELIMITERS = [",", "\t", ";", "|"];
/** A quoted value may have delimiters and ends of lines in it. */
const QUOTED = /"[^"]*"/g;
/** Names of columns are no longer. */
const LONGEST_LINE = 1 << 20;

/**
 * Rows shorter than the first line have nulls at their end; what they have more is left out. A blank line is
 * a row where there is one column, as it is for `dinc train`, and none elsewhere.
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
