// Lists of ids are taken from DuckDB's memory wherever they lie there.

import fc from "fast-check";
import { expect, test } from "vitest";
import { type ColumnCells, DecodedColumn, type PackedLists } from "../../compiler/data/raw-values.ts";
import { SpillingStore, withReader } from "../../runtime/data/storage/spilling-store.ts";
import { RowsFiller } from "../../runtime/prepared/rows-filler.ts";

const lists = fc.array(fc.array(fc.integer({ min: 0, max: 2 ** 31 - 1 }), { maxLength: 4 }), {
  maxLength: 6,
});
/** Where a list lies: `place` orders them, after `gap` numbers of no list. */
const layout = fc.record({ place: fc.integer({ min: 0, max: 3 }), gap: fc.integer({ min: 0, max: 2 }) });

/** The lists in the memory of DuckDB; `bits`: rows with a list, all of them. */
function packed(
  rows: readonly (readonly number[])[],
  layouts: readonly { place: number; gap: number }[],
  bits: boolean,
) {
  const words = new Int32Array(4 * rows.length);
  const memory: number[] = [];
  const order = [...rows.keys()].sort((a, b) => layouts[a]!.place - layouts[b]!.place || a - b);
  for (const row of order) {
    memory.push(...new Array<number>(layouts[row]!.gap).fill(-7));
    words[4 * row] = memory.length;
    words[4 * row + 2] = rows[row]!.length;
    memory.push(...rows[row]!);
  }
  const presence = { bits: bits ? new Uint8Array(1 + (memory.length >> 3)).fill(255) : null, firstBit: 0 };
  const ids = new DecodedColumn([]);
  const elements: ColumnCells = {
    ...{ cells: [], cellAt: (row) => ids.cellAt(row), slice: () => ids },
    packed: { kind: "wholes", words: Int32Array.from(memory), has64: false, ...presence },
  };
  const column: PackedLists = { kind: "lists", words, elements, ...presence };
  return { ...elements, packed: column };
}

/** The values that were read back, list by list. */
function filled(chunks: readonly ColumnCells[], rows: number): number[][] {
  const store = new SpillingStore(2 ** 20, () => "");
  const column = {
    name: "clicks.item",
    type: "list<int32>",
    role: "feature",
    of: "item",
    history: "clicks",
    width: 1,
  } as const;
  const filler = new RowsFiller([column], rows, store);
  for (const each of chunks) filler.add({ columns: [each] });
  const { bounds, ids } = filler.finish().rows.histories.get("clicks")!;
  return withReader((reader) => {
    const ends = reader.read(bounds, 0, new Int32Array(rows + 1));
    const all = reader.read(ids.get("item")!, 0, new Int32Array(ends[rows]!));
    return Array.from({ length: rows }, (_, row) => [...all.subarray(ends[row]!, ends[row + 1]!)]);
  });
}

test("lists are the same in DuckDB's memory, in any order and with gaps, and decoded", () => {
  const chunk = lists.chain((rows) =>
    fc.record({
      rows: fc.constant(rows),
      layouts: fc.array(layout, { minLength: rows.length, maxLength: rows.length }),
      bits: fc.boolean(),
      isDecoded: fc.boolean(),
    }),
  );
  fc.assert(
    fc.property(fc.array(chunk, { minLength: 1, maxLength: 3 }), (chunks) => {
      const expected = chunks.flatMap(({ rows }) => rows);
      const columns = chunks.map(({ rows, layouts, bits, isDecoded }) =>
        isDecoded ? new DecodedColumn(rows) : packed(rows, layouts, bits),
      );
      expect(filled(columns, expected.length)).toEqual(expected);
    }),
  );
});
