// A table sorts like a stable sort of its rows by user and time, whether they fit into memory or runs of them are merged.

import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, it, onTestFinished } from "vitest";
import { PIECE } from "../../compiler/data/columns.ts";
import { SortedTable } from "../../runtime/data/storage/sorted-table.ts";
import { SpillingStore } from "../../runtime/data/storage/spilling-store.ts";
import { runs } from "../support/how-often.ts";

interface Row {
  readonly user: number;
  readonly high: number;
  readonly low: number;
}

/** The room of a table, in bytes, and the most rows that then are in memory. A row takes 64 bytes. */
const ROOMS = [
  { bytes: 0, most: PIECE },
  { bytes: 128 * PIECE, most: 2 * PIECE },
  { bytes: 1e9, most: 1e9 },
];

/** Rows of few values, so that many are equal; the next number of a generator for each. */
function rowsOf(count: number, seed: number, values: number): Row[] {
  let state = seed;
  const next = (below: number) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  return Array.from({ length: count }, () => ({
    user: next(values) - 1,
    high: next(values) - 2,
    low: next(3) / 2,
  }));
}

it("sorts by user and time; equal rows keep their order", () => {
  const all = mkdtempSync(join(tmpdir(), "dinc-sorted-"));
  onTestFinished(() => rmSync(all, { recursive: true, force: true }));
  const cases = fc.record({
    count: fc.oneof(fc.nat(200), fc.integer({ min: 1, max: 150_000 })),
    seed: fc.nat(),
    values: fc.constantFrom(1, 5, 4000),
    room: fc.constantFrom(...ROOMS),
    chunk: fc.constantFrom(1000, 2048, PIECE),
  });
  fc.assert(
    fc.property(cases, ({ count, seed, values, room: { bytes, most }, chunk }) => {
      const rows = rowsOf(count, seed, values);
      const room = { bytes };
      const folder = mkdtempSync(join(all, "case-"));
      const store = new SpillingStore(0, () => folder);
      const table = new SortedTable([{ type: "int32" }, { type: "float64" }], store, room);
      for (let from = 0; from < count; from += chunk) {
        const some = rows.slice(from, from + chunk);
        table.append(some.length, [
          Int32Array.from(some, ({ user }) => user),
          Float64Array.from(some, ({ high }) => high),
          Float64Array.from(some, ({ low }) => low),
          Int32Array.from(some, (_, i) => from + i),
          Float64Array.from(some, (_, i) => (from + i) / 3),
        ]);
      }
      expect(readdirSync(folder).length > 0).toBe(count > most);
      const places: number[] = [];
      table.sorted((found, [users, highs, lows, numbers, thirds]) => {
        for (let i = 0; i < found; i++) {
          const place = numbers![i]!;
          places.push(place);
          const { user, high, low } = rows[place]!;
          if (users![i] !== user || highs![i] !== high || lows![i] !== low || thirds![i] !== place / 3)
            expect({ place, user: users![i], high: highs![i] }).toEqual({ place, user, high });
        }
      });
      const byTime = (a: Row, b: Row) => a.user - b.user || a.high - b.high || a.low - b.low;
      const expected = [...rows.keys()].sort((a, b) => byTime(rows[a]!, rows[b]!) || a - b);
      expect(places.length === count && places.every((place, i) => place === expected[i])).toBe(true);
      table.close();
      expect(room.bytes).toBe(bytes);
      expect(readdirSync(folder)).toEqual([]);
    }),
    { numRuns: runs(10) },
  );
});
