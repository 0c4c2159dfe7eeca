// The order of rows is the same wherever there is room for it.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Random } from "../../compiler/common/random.ts";
import { PIECE } from "../../compiler/data/columns.ts";
import { rowsAt, rowsIn, skip } from "../../compiler/data/row-order.ts";
import { BoundedOrders, shuffledFile } from "../../runtime/data/storage/order-file.ts";
import { FileReader } from "../../runtime/data/storage/spilling-store.ts";
import { TestFolder } from "./files.ts";

const bytesOf = ({ buffer, byteOffset, byteLength }: Int32Array) =>
  Buffer.from(buffer, byteOffset, byteLength);

describe("a shuffle on a file", () => {
  it("gives the order of one in memory", () => {
    const folder = new TestFolder();
    const reader = new FileReader();
    const rows = fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: PIECE, max: 3 * PIECE }));
    let file = 0;
    fc.assert(
      fc.property(rows, fc.integer({ min: 0, max: 1000 }), fc.nat(), (count, share, seed) => {
        const block = Math.max(1, Math.ceil((count * share) / 1000), Math.ceil(count / 40));
        const column = shuffledFile(`${folder.path}/order-${file++}`, count, Random.of(seed, "x"), block);
        const found = reader.read(column, 0, new Int32Array(count));
        // Number by number, vitest takes longer than all the rest.
        expect(bytesOf(found).equals(bytesOf(Random.of(seed, "x").order(count)))).toBe(true);
      }),
      { numRuns: 60 },
    );
    reader.close();
  });

  it("is used where memory is too small, from any step on", () => {
    const folder = new TestFolder();
    const reader = new FileReader();
    const orders = new BoundedOrders({ bytes: 100, newPath: () => `${folder.path}/order` });
    for (const epoch of [1, 2]) {
      const random = () => Random.of(3, `epoch ${epoch}`);
      const order = orders.shuffled(70_000, random());
      expect(order).not.toBeInstanceOf(Int32Array);
      expect(rowsIn(skip(order, 69_000))).toBe(1000);
      expect(rowsAt(skip(order, 69_000), 10, 300, reader)).toEqual(
        random().order(70_000).subarray(69_010, 69_300),
      );
    }
    reader.close();
  });
});
