// Lists of numbers reach DuckDB as they are, whatever their lengths, also in a vector that is used again.

import * as api from "@duckdb/node-api";
import { DuckDBDataChunk, DuckDBInstance, type DuckDBListVector } from "@duckdb/node-api";
import fc from "fast-check";
import { expect, it } from "vitest";
import { NumberLists, setLists } from "../../runtime/duckdb/vector-numbers.ts";

const lists = <T>(number: fc.Arbitrary<T>) =>
  fc.array(fc.array(fc.array(number, { maxLength: 5 }), { minLength: 1, maxLength: 40 }), { maxLength: 4 });

it("DuckDB has the lists that were set", async () => {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const whole = lists(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })).map((chunks) => ({
    type: api.INTEGER,
    make: Int32Array,
    chunks,
  }));
  const floats = lists(fc.float({ noNaN: true })).map((chunks) => ({
    type: api.FLOAT,
    make: Float32Array,
    chunks,
  }));
  const cases = fc.record({ given: fc.oneof(whole, floats), before: fc.nat(3), after: fc.nat(3) });
  await fc.assert(
    fc.asyncProperty(cases, async ({ given: { type, make, chunks }, before, after }) => {
      await connection.run(`CREATE OR REPLACE TABLE given (v ${type}[])`);
      const appender = await connection.createAppender("given");
      const chunk = DuckDBDataChunk.create([api.LIST(type)], 2048);
      for (const rows of chunks) {
        if (chunk.rowCount !== rows.length) chunk.rowCount = rows.length;
        const ends = rows.map((_, i) => rows.slice(0, i + 1).flat().length);
        const values = make.from([...new Array(before).fill(1), ...rows.flat(), ...new Array(after).fill(2)]);
        const offsets = Int32Array.from([0, ...ends], (end) => before + end);
        setLists(chunk.getColumnVector(0) as DuckDBListVector, new NumberLists(values, offsets));
        appender.appendDataChunk(chunk);
      }
      appender.closeSync();
      const found = (await connection.runAndReadAll("FROM given")).getRows();
      expect(found.map(([list]) => [...(list as { items: readonly number[] }).items])).toEqual(chunks.flat());
    }),
    { numRuns: 60 },
  );
  connection.closeSync();
  instance.closeSync();
});
