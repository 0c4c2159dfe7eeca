// Columns hold what was given to them, in memory or in files, and take of memory what there is room for.

import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";
import { type ColumnReader, float64s, int32s, lengthOf, PIECE } from "../../compiler/data/columns.ts";
import { countOf, readAt, runsAt, single } from "../../compiler/data/row-indices.ts";
import { FileReader, SpillingStore } from "../../runtime/data/storage/spilling-store.ts";
import { runs } from "../support/how-often.ts";

function storeOf(room: number): { store: SpillingStore; reader: ColumnReader } {
  const folder = mkdtempSync(join(tmpdir(), "dinc-columns-"));
  const reader = new FileReader();
  onTestFinished(() => {
    reader.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return { store: new SpillingStore(room, () => folder), reader };
}

const ints = (length: number) => new Int32Array(length);

describe("a column that grows", () => {
  it("holds its numbers wherever they lie, and takes no more memory than there is", () => {
    const lengths = fc.array(fc.integer({ min: 0, max: 2 * PIECE }), { maxLength: 5 });
    fc.assert(
      fc.property(lengths, fc.integer({ min: 0, max: 40 * PIECE }), (pieces, room) => {
        const { store, reader } = storeOf(room);
        const [some, others] = [store.growing(int32s), store.growing(float64s)];
        let given = 0;
        for (const length of pieces) {
          others.append(Float64Array.from({ length }, (_, i) => (given + i) / 3));
          some.append(Int32Array.from({ length }, (_, i) => given + i));
          some.push(-1);
          given += length;
        }
        const columns = [some.finish(), others.finish()] as const;
        const [ofInts, ofFloats] = columns;
        expect([lengthOf(ofInts), lengthOf(ofFloats)]).toEqual([given + pieces.length, given]);
        const expected = pieces.flatMap((length, i) => {
          const before = pieces.slice(0, i).reduce((sum, each) => sum + each, 0);
          return [...Array.from({ length }, (_, at) => before + at), -1];
        });
        const read = reader.read(ofInts, 0, ints(expected.length));
        expect(read.every((value, i) => value === expected[i])).toBe(true);
        const numbers = reader.read(ofFloats, 0, new Float64Array(given));
        expect(numbers.every((value, i) => value === i / 3)).toBe(true);

        const bytes = 4 * lengthOf(ofInts) + 8 * lengthOf(ofFloats);
        const inMemory = [4 * lengthOf(ofInts), 8 * lengthOf(ofFloats)].map((each, i) =>
          columns[i]!.kind === "memory" ? each : 0,
        );
        const taken = inMemory.reduce((sum, each) => sum + each, 0);
        expect(taken).toBeLessThanOrEqual(room);
        expect(store.leftRoom().bytes).toBe(room - taken);
        expect(store.onDisk).toBe(bytes - taken);
        if (bytes <= room) expect(store.onDisk).toBe(0);
        store.remove(ofInts);
        store.remove(ofFloats);
        expect([store.leftRoom().bytes, store.onDisk]).toEqual([room, 0]);
        for (const column of columns) if (column.kind === "file") expect(existsSync(column.path)).toBe(false);
      }),
      { numRuns: runs(10) },
    );
  });
});

describe("places of a column", () => {
  const lengths = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 20 });
  const wanted = fc.array(fc.oneof(fc.nat(), fc.constant(0)), { maxLength: 30 });

  it("have the same values from a file as from memory, whatever their order", () => {
    fc.assert(
      fc.property(lengths, wanted, fc.integer({ min: 1, max: 3 }), (sizes, numbers, width) => {
        const rows = Int32Array.from(numbers, (number) => number % sizes.length);
        const bounds = [0];
        for (const size of sizes) bounds.push(bounds.at(-1)! + size);
        const values = Array.from({ length: bounds.at(-1)! * width }, (_, i) => 10 * i);
        for (const room of [0, 1e6]) {
          const { store, reader } = storeOf(room);
          const column = (from: readonly number[]) => {
            const writer = store.column(int32s, from.length);
            for (const each of from) writer.push(each);
            return writer.finish();
          };
          const [ends, all] = [column(bounds), column(values)];
          const own = Array.from(rows, (row) => values.slice(bounds[row]! * width, bounds[row + 1]! * width));
          const runs = runsAt(reader, ends, single(rows));
          const read = [...readAt(reader, all, runs, ints(countOf(runs) * width), width)];
          expect(read).toEqual(own.flat());
          const ofRun = (i: number) => read.slice(runs.offsets[i]! * width, runs.offsets[i + 1]! * width);
          expect(own.map((_, i) => ofRun(i))).toEqual(own);
          const begin = [...rows].map((row) => bounds[row]!);
          expect([...readAt(reader, ends, single(rows), ints(rows.length))]).toEqual(begin);
          // What lies at the places of runs, as the sets of steps do.
          const steps = [...rows].flatMap((row) =>
            Array.from({ length: sizes[row]! }, (_, i) => bounds[row]! + i),
          );
          const inner = Array.from({ length: bounds.at(-1)! + 1 }, (_, i) => 2 * i);
          const innerRuns = runsAt(reader, column(inner), runs);
          expect([...innerRuns.from]).toEqual(steps.map((step) => 2 * step));
          expect([...innerRuns.offsets]).toEqual([0, ...steps.map((_, i) => 2 * (i + 1))]);
        }
      }),
      { seed: 2026 },
    );
  });
});
