// Orders that keep groups whole: whatever the groups and the memory are, batches hold every row once, and the
// rows of a group together.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PIECE } from "../../compiler/data/columns.ts";
import { GroupedOrder, type GroupReader } from "../../compiler/data/grouped-order.ts";
import { afterSteps, MemoryOrders, rowsAt } from "../../compiler/data/row-order.ts";
import { BoundedOrders } from "../../runtime/data/storage/order-file.ts";
import { FileReader } from "../../runtime/data/storage/spilling-store.ts";
import { TestFolder } from "./files.ts";

const neighbours = (from: number, count: number) => Int32Array.from({ length: count }, (_, i) => from + i);
const groupsIn =
  (groups: readonly number[]): GroupReader =>
  (from, count) => ({
    groups: Int32Array.from(groups.slice(from, from + count)),
    places: neighbours(from, count),
  });

/** The rows of each batch of an epoch. */
function batchesOf(groups: readonly number[], batch: number, seed: number, epoch = 1): number[][] {
  const { order, ends } = new MemoryOrders(groupsIn(groups)).ofEpoch(groups.length, seed, epoch, batch);
  return [...ends!].map((end, k) => [...(order as Int32Array).subarray(k === 0 ? 0 : ends![k - 1]!, end)]);
}

const drawn = fc.record({
  groups: fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 1, maxLength: 120 }),
  batch: fc.integer({ min: 1, max: 20 }),
  seed: fc.nat(),
});

describe("an epoch of groups", () => {
  it("has every row once, in as many batches as without groups, none of which is empty", () => {
    fc.assert(
      fc.property(drawn, ({ groups, batch, seed }) => {
        const batches = batchesOf(groups, batch, seed);
        expect(batches.length).toBe(Math.ceil(groups.length / batch));
        expect(batches.flat().sort((a, b) => a - b)).toEqual([...groups.keys()]);
        expect(batches.every(({ length }) => length > 0)).toBe(true);
      }),
    );
  });

  it("keeps groups whole that fit into a batch, and cuts larger ones into parts of about equal size", () => {
    fc.assert(
      fc.property(drawn, ({ groups, batch, seed }) => {
        const batches = batchesOf(groups, batch, seed);
        for (const group of new Set(groups)) {
          const size = groups.filter((each) => each === group).length;
          const parts = batches.map((rows) => rows.filter((row) => groups[row] === group).length);
          const has = parts.filter((count) => count > 0);
          expect(has.length).toBeLessThanOrEqual(Math.ceil(size / batch));
          expect(Math.min(...has)).toBeGreaterThanOrEqual(Math.floor(size / Math.ceil(size / batch)));
        }
        const largest = Math.min(
          batch,
          Math.max(...groups.map((of) => groups.filter((each) => each === of).length)),
        );
        for (const { length } of batches) expect(length).toBeLessThan(batch + largest);
      }),
    );
  });

  it("is another one for another epoch and seed, and cuts large groups otherwise", () => {
    const groups = Array.from({ length: 400 }, (_, row) => Math.floor(row / 8));
    const first = batchesOf(groups, 32, 1);
    expect(batchesOf(groups, 32, 1)).toEqual(first);
    expect(batchesOf(groups, 32, 1, 2)).not.toEqual(first);
    expect(batchesOf(groups, 32, 2)).not.toEqual(first);
    const one = groups.map(() => 0);
    const sides = (epoch: number) => batchesOf(one, 200, 1, epoch).map((rows) => rows.sort((a, b) => a - b));
    expect(sides(1)[0]!.length).toBe(200);
    expect(sides(1)).not.toEqual(sides(2));
  });

  it("is the same on a file, and from any step on", () => {
    const folder = new TestFolder();
    const reader = new FileReader();
    const rows = 2 * PIECE + 5000;
    const groupOf = (row: number) => (row * 7919) % 3001;
    const groupsAt = (places: Int32Array) => places.map(groupOf);
    const inMemory = new MemoryOrders((from, count) => {
      const places = neighbours(from, count);
      return { places, groups: groupsAt(places) };
    }).ofEpoch(rows, 3, 2, 500);
    const orders = new BoundedOrders({ bytes: 100, newPath: () => `${folder.path}/order` }, null, groupsAt);
    const onFile = orders.ofEpoch(rows, 3, 2, 500);
    expect(onFile.order).not.toBeInstanceOf(Int32Array);
    expect([...onFile.ends!]).toEqual([...inMemory.ends!]);
    const { order, sizes } = afterSteps(onFile, 100, 500);
    const first = inMemory.ends![99]!;
    const found = rowsAt(order, 0, (sizes as Int32Array)[0]!, reader);
    expect([...found]).toEqual([...(inMemory.order as Int32Array).subarray(first, inMemory.ends![100]!)]);
    reader.close();
  });

  it("says how rows lie in groups", () => {
    const order = new GroupedOrder(groupsIn([5, 5, 5, 1, 2, 2]), 6, 2);
    expect(order.facts).toEqual({ groups: 3, alone: 1, large: 1, largest: 3 });
  });
});
