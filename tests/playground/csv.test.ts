// A page reads CSVs by itself: whatever stands in values comes back, with any delimiter and line ends.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { parseCsv } from "../../playground/workers/csv.ts";
import { sampleTable } from "../../runtime/driver/sample-table.ts";

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

test("blank lines are rows where there is one column, and none elsewhere, as in DuckDB", async () => {
  const folder = mkdtempSync(join(tmpdir(), "dinc-csv-"));
  try {
    for (const text of ["a\n1\n\n3\n", "a,b\n1,x\n\n3,y\n", "a\n\n\n"]) {
      const path = join(folder, "rows.csv");
      writeFileSync(path, text);
      const { columns } = await sampleTable(path);
      expect(parseCsv(text).columns).toEqual(columns.map(({ cells }) => cells));
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
