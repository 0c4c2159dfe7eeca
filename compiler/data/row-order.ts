// The order in which an epoch goes through the rows: a Fisher–Yates shuffle.

import { Random } from "../common/random.ts";
import { type ColumnReader, type FileColumn, int32s } from "./columns.ts";

/** Numbers of rows; `from` is where in a file they begin. Plain data, so that a worker can be given it. */
export type RowOrder = Int32Array | { readonly column: FileColumn; readonly from: number };

export function rowsIn(order: RowOrder): number {
  return order instanceof Int32Array ? order.length : order.column.length - order.from;
}

/** The order without its first `count` rows. */
export function skip(order: RowOrder, count: number): RowOrder {
  return order instanceof Int32Array ? order.subarray(count) : { ...order, from: order.from + count };
}

/** Its rows from … to − 1. */
export function rowsAt(order: RowOrder, from: number, to: number, reader: ColumnReader): Int32Array {
  if (order instanceof Int32Array) return order.subarray(from, to);
  return reader.read(order.column, order.from + from, new Int32Array(to - from));
}

/** Makes one order after the other; each lives until the next is asked for. */
export interface RowOrders {
  /** In which order epoch `epoch`, from 1, goes through the rows. */
  ofEpoch(rows: number, seed: number, epoch: number): RowOrder;
  shuffled(rows: number, random: Random): RowOrder;
  /** Where the rows with some numbers lie. */
  placesAt(rows: Int32Array): Int32Array;
}

/** Makes them in memory, of rows that lie in their order. */
export class MemoryOrders implements RowOrders {
  private memory: Int32Array | null = null;

  ofEpoch(rows: number, seed: number, epoch: number): Int32Array {
    return this.shuffled(rows, randomOf(seed, epoch));
  }

  shuffled(rows: number, random: Random): Int32Array {
    if (this.memory?.length !== rows) this.memory = int32s(rows);
    return random.shuffled(this.memory);
  }

  placesAt(rows: Int32Array): Int32Array {
    return rows;
  }
}

/** What the order of epoch `epoch`, from 1, is drawn from. */
export function randomOf(seed: number, epoch: number): Random {
  return Random.of(seed, `epoch ${epoch}`);
}
