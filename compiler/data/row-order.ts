// The order in which an epoch visits the rows: a Fisher–Yates shuffle of them, or of their groups.

import { Random } from "../common/random.ts";
import { type ColumnReader, type FileColumn, int32s } from "./columns.ts";
import { GroupedOrder, type GroupFacts, type GroupReader } from "./grouped-order.ts";

/** Row numbers; `from` is their start in a file. Plain data, so that it can be sent to a worker. */
export type RowOrder = Int32Array | { readonly column: FileColumn; readonly from: number };

export function rowsIn(order: RowOrder): number {
  return order instanceof Int32Array ? order.length : order.column.length - order.from;
}

/** The order without its first `count` rows. */
export function skip(order: RowOrder, count: number): RowOrder {
  return order instanceof Int32Array ? order.subarray(count) : { ...order, from: order.from + count };
}

/** Its rows `from` … `to` − 1. */
export function rowsAt(order: RowOrder, from: number, to: number, reader: ColumnReader): Int32Array {
  if (order instanceof Int32Array) return order.subarray(from, to);
  return reader.read(order.column, order.from + from, new Int32Array(to - from));
}

/** The order of an epoch. */
export interface EpochOrder {
  readonly order: RowOrder;
  /**
   * For each batch, the number of rows before its end, if that depends on groups; null if all have the same
   * size.
   */
  readonly ends: Int32Array | null;
}

/** The sizes of batches: equal, or by their ends, counted from the first row. */
export type BatchSizes = number | Int32Array;

/** The batches of an order that remain after `steps` of `size` rows, or with their own ends. */
export function afterSteps(
  { order, ends }: EpochOrder,
  steps: number,
  size: number,
): { readonly order: RowOrder; readonly sizes: BatchSizes } {
  if (ends === null) return { order: skip(order, steps * size), sizes: size };
  const first = steps === 0 ? 0 : ends[steps - 1]!;
  return { order: skip(order, first), sizes: ends.subarray(steps).map((end) => end - first) };
}

/** Makes one order after the other; each is valid until the next one is requested. */
export interface RowOrders {
  /** The order of epoch `epoch`, from 1, for batches of `batch` rows. */
  ofEpoch(rows: number, seed: number, epoch: number, batch: number): EpochOrder;
  /** The groups that batches keep whole; null if there are none. */
  groups(rows: number, batch: number): GroupFacts | null;
  shuffled(rows: number, random: Random): RowOrder;
  /** The indices of the rows with these numbers. */
  placesAt(rows: Int32Array): Int32Array;
}

/** Makes orders in memory, for rows in their own order; with `groupsOf`, groups stay together. */
export class MemoryOrders implements RowOrders {
  private readonly grouped: GroupedOrders | null;
  private memory: Int32Array | null = null;

  constructor(groupsOf: GroupReader | null = null) {
    this.grouped = groupsOf === null ? null : new GroupedOrders(groupsOf);
  }

  ofEpoch(rows: number, seed: number, epoch: number, batch: number): EpochOrder {
    if (this.grouped === null) return { order: this.shuffled(rows, randomOf(seed, epoch)), ends: null };
    const { ends, fill } = this.grouped.of(rows, batch).ofEpoch(seed, epoch);
    const order = this.room(rows);
    fill(order, 0);
    return { order, ends };
  }

  groups(rows: number, batch: number): GroupFacts | null {
    return this.grouped?.of(rows, batch).facts ?? null;
  }

  shuffled(rows: number, random: Random): Int32Array {
    return random.shuffled(this.room(rows));
  }

  private room(rows: number): Int32Array {
    if (this.memory?.length !== rows) this.memory = int32s(rows);
    return this.memory;
  }

  placesAt(rows: Int32Array): Int32Array {
    return rows;
  }
}

/** The random source for the order of epoch `epoch`, from 1. */
export function randomOf(seed: number, epoch: number): Random {
  return Random.of(seed, `epoch ${epoch}`);
}

/** Counts the rows of groups once for all epochs. */
export class GroupedOrders {
  private readonly groupsOf: GroupReader;
  private last: { readonly rows: number; readonly batch: number; readonly order: GroupedOrder } | null = null;

  constructor(groupsOf: GroupReader) {
    this.groupsOf = groupsOf;
  }

  of(rows: number, batch: number): GroupedOrder {
    if (this.last?.rows !== rows || this.last.batch !== batch)
      this.last = { rows, batch, order: new GroupedOrder(this.groupsOf, rows, batch) };
    return this.last.order;
  }
}
