// Cells are decoded from the memory of DuckDB's vectors. They must be the values that the client gives one after the
// other, whatever they are and however often they repeat.

import * as api from "@duckdb/node-api";
import { DuckDBInstance, type DuckDBListValue, type DuckDBValue } from "@duckdb/node-api";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Findings } from "../../compiler/data/findings.ts";
import { KnownCells } from "../../compiler/data/known-cells.ts";
import type { RawCell } from "../../compiler/data/raw-values.ts";
import { wrongColumnType } from "../../compiler/diagnostics/catalog/data.ts";
import { CellDecoder } from "../../runtime/duckdb/cells.ts";
import { runs } from "../support/how-often.ts";

/** Short and long, with and without bytes beyond ASCII, and with a byte order mark. */
const texts = fc.oneof(
  fc.stringMatching(/^[0-9a-f]{0,13}$/),
  fc.string({ unit: "binary", maxLength: 16 }).filter((text) => !text.includes("\0")),
  fc.constantFrom("", "\uFEFF", "\uFEFFa", "\uFEFFmore than twelve bytes", "é", "a\uFEFF"),
);
const types = [
  { type: "VARCHAR", values: texts },
  { type: "INTEGER", values: fc.integer() },
  { type: "BIGINT", values: fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n) },
  { type: "UTINYINT", values: fc.nat(255) },
  { type: "DOUBLE", values: fc.double({ noNaN: true }) },
  { type: "BOOLEAN", values: fc.boolean() },
] as const;

/** The forms in which cells are read without being decoded. */
const packedAs: Readonly<Record<string, string>> = { VARCHAR: "texts", INTEGER: "wholes", BIGINT: "wholes" };

/** The client's own value, which lacks a byte order mark at the beginning. */
function plain(value: DuckDBValue, given: RawCell): unknown {
  if (Array.isArray(given)) return (value as DuckDBListValue).items.map((item, i) => plain(item, given[i]!));
  return typeof given === "string" && given.startsWith("\uFEFF") ? `\uFEFF${value}` : value;
}

test("cells are DuckDB's values, in every chunk", { timeout: 300_000 }, async () => {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const cases = fc.constantFrom(...types).chain(({ type, values }) => {
    const cell: fc.Arbitrary<RawCell> = fc.option(values as fc.Arbitrary<RawCell>, { freq: 5 });
    const some = fc.record({ isList: fc.boolean(), rows: fc.integer({ min: 1, max: 5000 }) });
    return some.chain(({ isList, rows }) =>
      fc
        .array(isList ? fc.option(fc.array(cell, { maxLength: 4 }), { freq: 5 }) : cell, {
          minLength: 1,
          maxLength: 60,
        })
        .map((distinct) => ({ type: isList ? `${type}[]` : type, isList, rows, distinct })),
    );
  });
  try {
    await fc.assert(
      fc.asyncProperty(cases, async ({ type, isList, rows, distinct }) => {
        await connection.run(`CREATE OR REPLACE TABLE given (i INTEGER, v ${type})`);
        const appender = await connection.createAppender("given");
        for (const [i, value] of distinct.entries()) {
          appender.appendInteger(i);
          append(appender, value, type);
          appender.endRow();
        }
        appender.closeSync();
        const decoder = new CellDecoder(api, { typeName: isList || type !== "VARCHAR" ? type : "text" });
        // Repeats of the values in an order that depends on the row.
        const query = `SELECT v, (r * 7) % ${distinct.length} FROM range(${rows}) numbers(r) JOIN given ON i = (r * 7) % ${distinct.length} ORDER BY r`;
        const result = await connection.stream(query);
        let seen = 0;
        for (;;) {
          const chunk = await result.fetchChunk();
          if (chunk === null || chunk.rowCount === 0) break;
          const column = decoder.column(chunk, 0);
          const which = chunk.getColumnValues(1).map(Number);
          const own = chunk.getColumnValues(0);
          expect(column.packed?.kind).toBe(isList ? "lists" : packedAs[type]);
          expect(which.map((_, at) => column.cellAt(at))).toEqual(which.map((at) => distinct[at]));
          const middle = column.slice(1, Math.max(1, which.length - 1));
          expect(middle.cells).toEqual(which.slice(1, -1).map((at) => distinct[at]));
          expect(which.slice(1, -1).map((_, at) => middle.cellAt(at))).toEqual(middle.cells);
          const values = column.cells;
          expect(values).toEqual(
            own.map((value, row) => (value === null ? null : plain(value, distinct[which[row]!]!))),
          );
          expect(values).toEqual(which.map((at) => distinct[at]));
          seen += chunk.rowCount;
        }
        expect(seen).toBe(rows);
      }),
      { numRuns: runs(12) },
    );
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
});

test("more texts than are remembered are read as each of them", async () => {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  try {
    const decoder = new CellDecoder(api, { typeName: "text" });
    const findings = new Findings("rows");
    const known = new KnownCells((cell, row) => {
      const number = Number(String(cell).slice(1));
      // A cell with a finding is reported each time.
      if (number % 1000 === 999)
        findings.add(wrongColumnType, { column: "v", expected: "", got: "" }, row, `v${number}`);
      return number;
    }, findings);
    const result = await connection.stream(
      "SELECT 'v' || (r * r % 40009) FROM range(120000) numbers(r) ORDER BY r",
    );
    let [row, wrong] = [0, 0];
    for (;;) {
      const chunk = await result.fetchChunk();
      if (chunk === null || chunk.rowCount === 0) break;
      const columns = [decoder.column(chunk, 0)];
      for (const number of known.numbersOf({ first: row, rows: chunk.rowCount, columns }, 0)) {
        const expected = (row * row) % 40009;
        if (number !== expected) throw new Error(`row ${row} was read as ${number}, not ${expected}`);
        if (expected % 1000 === 999) wrong++;
        row++;
      }
    }
    expect(row).toBe(120_000);
    expect(findings.added).toBe(wrong);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
});

function append(appender: api.DuckDBAppender, value: RawCell, type: string): void {
  if (value === null) appender.appendNull();
  else if (Array.isArray(value)) appender.appendList(value as DuckDBValue[], listType(type));
  else if (typeof value === "string") appender.appendVarchar(value);
  else if (typeof value === "boolean") appender.appendBoolean(value);
  else if (typeof value === "bigint") appender.appendBigInt(value);
  else if (type === "DOUBLE") appender.appendDouble(value as number);
  else if (type === "UTINYINT") appender.appendUTinyInt(value as number);
  else appender.appendInteger(value as number);
}

function listType(type: string): api.DuckDBListType {
  const of = type.slice(0, -"[]".length) as keyof typeof elements;
  return api.LIST(elements[of]);
}

const elements = {
  VARCHAR: api.VARCHAR,
  INTEGER: api.INTEGER,
  BIGINT: api.BIGINT,
  UTINYINT: api.UTINYINT,
  DOUBLE: api.DOUBLE,
  BOOLEAN: api.BOOLEAN,
};
