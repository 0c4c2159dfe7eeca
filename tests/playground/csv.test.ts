// A page reads CSVs by itself: whatever stands in values comes back, with any delimiter and line ends.

import fc from "fast-check";
import { expect, test } from "vitest";
import { parseCsv } from "../../playground/workers/csv.ts";

const quoted = (value: string) => `"${value.replaceAll('"', '""')}"`;

test("values are read as they were written", () => {
  const value = fc.oneof(
    fc.string({ unit: fc.constantFrom("a", "1", '"', ",", ";", "\n", "\r\n", " ", "é") }),
    fc.string(),
  );
  const table = fc
    .integer({ min: 1, max: 4 })
    .chain((width) => fc.array(fc.array(value, { minLength: width, maxLength: width }), { maxLength: 6 }));
  fc.assert(
    fc.property(
      table,
      fc.constantFrom(",", ";", "\t"),
      fc.constantFrom("\n", "\r\n"),
      (rows, delimiter, end) => {
        const width = rows[0]?.length ?? 2;
        const headers = Array.from({ length: width }, (_, i) => `column ${i}`);
        const text = [headers, ...rows].map((row) => row.map(quoted).join(delimiter) + end).join("");
        const read = parseCsv(text);
        expect(read.headers).toEqual(headers);
        for (const [i, column] of read.columns.entries())
          expect(column).toEqual(rows.map((row) => (row[i] === "" ? null : row[i])));
      },
    ),
  );
});

test("without quotes: any of four delimiters, empty values, short and long lines, a mark of the byte order", () => {
  for (const delimiter of [",", ";", "\t", "|"]) {
    const text = `\ufeffa,b,c\r\n1,,3\r\n4\r\n5,6,7,8`.replaceAll(",", delimiter);
    expect(parseCsv(text)).toEqual({
      headers: ["a", "b", "c"],
      columns: [
        ["1", "4", "5"],
        [null, null, "6"],
        ["3", null, "7"],
      ],
    });
  }
  expect(parseCsv("")).toEqual({ headers: [], columns: [] });
});
