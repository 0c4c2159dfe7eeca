// Orders of rows that do not fit into memory, or that are stored in another order: a shuffle on a file.

import { closeSync, openSync } from "node:fs";
import type { Random } from "../../../compiler/common/random.ts";
import {
  type Column,
  type ColumnReader,
  type FileColumn,
  int32s,
  PIECE,
  part,
} from "../../../compiler/data/columns.ts";
import type { GroupFacts } from "../../../compiler/data/grouped-order.ts";
import {
  type EpochOrder,
  GroupedOrders,
  type RowOrder,
  type RowOrders,
  randomOf,
} from "../../../compiler/data/row-order.ts";
import { FileReader, withReader, writeAll } from "./spilling-store.ts";

/** The resources for an order. */
export interface OrderRoom {
  /** The memory in bytes. */
  readonly bytes: number;
  /** Returns a new file name for data beyond it. */
  readonly newPath: () => string;
}

/** The position of each row; null if rows are stored in order. */
export type RowPermutation = Column<Int32Array> | null;

/**
 * Makes orders in memory if there is room, otherwise in a file: both give the same order for the same seed.
 */
export class BoundedOrders implements RowOrders {
  private readonly room: OrderRoom;
  private readonly places: RowPermutation;
  private readonly grouped: GroupedOrders | null;
  private memory: Int32Array | null = null;
  private path: string | null = null;

  /**
   * Orders contain the positions of rows. `groupsAt` gives the groups of positions if groups stay together.
   */
  constructor(
    room: OrderRoom,
    places: RowPermutation = null,
    groupsAt: ((places: Int32Array, reader: ColumnReader) => Int32Array) | null = null,
  ) {
    this.room = room;
    this.places = places;
    if (groupsAt === null) this.grouped = null;
    else
      this.grouped = new GroupedOrders((from, count) =>
        withReader((reader) => {
          const places = readPlaces(this.places, from, new Int32Array(count), reader);
          return { places, groups: groupsAt(places, reader) };
        }),
      );
  }

  placesAt(rows: Int32Array): Int32Array {
    if (this.places === null) return rows;
    const { places } = this;
    return withReader((reader) => rows.map((row) => reader.int32(places, row)));
  }

  ofEpoch(rows: number, seed: number, epoch: number, batch: number): EpochOrder {
    if (this.grouped === null) return { order: this.shuffled(rows, randomOf(seed, epoch)), ends: null };
    const { ends, fill } = this.grouped.of(rows, batch).ofEpoch(seed, epoch);
    return { order: this.inPieces(rows, fill), ends };
  }

  groups(rows: number, batch: number): GroupFacts | null {
    return this.grouped?.of(rows, batch).facts ?? null;
  }

  /** Fills as many rows at a time as fit into memory: each piece takes a pass over the groups of all rows. */
  private inPieces(rows: number, fill: (out: Int32Array, from: number) => void): RowOrder {
    if (4 * rows <= this.room.bytes) {
      if (this.memory?.length !== rows) this.memory = int32s(rows);
      fill(this.memory, 0);
      return this.memory;
    }
    const path = (this.path ??= this.room.newPath());
    const piece = new Int32Array(Math.max(LEAST_BLOCK, Math.floor(this.room.bytes / 4)));
    const file = openSync(path, "w+");
    try {
      for (let from = 0; from < rows; from += piece.length) {
        const some = part(piece, 0, Math.min(piece.length, rows - from));
        fill(some, from);
        writeAll(file, some, some.length, from);
      }
    } finally {
      closeSync(file);
    }
    return { column: { kind: "file", path, length: rows }, from: 0 };
  }

  shuffled(rows: number, random: Random): RowOrder {
    if (4 * rows <= this.room.bytes) {
      if (this.memory?.length !== rows) this.memory = int32s(rows);
      return random.shuffle(this.placesInto(this.memory));
    }
    this.path ??= this.room.newPath();
    // Three numbers for each row of a block.
    const block = Math.max(LEAST_BLOCK, Math.floor(this.room.bytes / 12));
    return { column: shuffledFile(this.path, rows, random, block, this.places), from: 0 };
  }

  private placesInto(order: Int32Array): Int32Array {
    return withReader((reader) => readPlaces(this.places, 0, order, reader));
  }
}

/** Writes the positions of the rows from `from` on into `out`. */
function readPlaces(places: RowPermutation, from: number, out: Int32Array, reader: ColumnReader): Int32Array {
  if (places !== null) return reader.read(places, from, out);
  for (let i = 0; i < out.length; i++) out[i] = from + i;
  return out;
}

const LEAST_BLOCK = 1 << 16;

/**
 * `Random.shuffled` on a file. Step i swaps position i with a position j ≤ i, and no later step touches i, so
 * the steps can be done for one block of positions at a time: first those within the block, in memory, then
 * the swaps with positions before the block, in the order of these positions, in one pass over the file.
 */
export function shuffledFile(
  path: string,
  rows: number,
  random: Random,
  block: number,
  places: RowPermutation = null,
): FileColumn {
  const column: FileColumn = { kind: "file", path, length: rows };
  const file = openSync(path, "w+");
  const reader = new FileReader();
  try {
    const page = new Int32Array(Math.min(PIECE, rows));
    for (let from = 0; from < rows; from += PIECE) {
      const some = readPlaces(places, from, part(page, 0, Math.min(PIECE, rows - from)), reader);
      writeAll(file, some, some.length, from);
    }
    const [values, others, bySteps] = [new Int32Array(block), new Int32Array(block), new Int32Array(block)];
    for (let end = rows; end > 1; end -= block) {
      const start = Math.max(0, end - block);
      const own = reader.read(column, start, values.subarray(0, end - start));
      const counts = new Int32Array(Math.ceil(start / PIECE) + 1);
      for (let i = end - 1; i >= Math.max(start, 1); i--) {
        const other = random.integer(i + 1);
        others[i - start] = other;
        if (other < start) counts[Math.floor(other / PIECE) + 1]! += 1;
        else {
          const value = own[i - start]!;
          own[i - start] = own[other - start]!;
          own[other - start] = value;
        }
      }
      if (start > 0) {
        for (let at = 1; at < counts.length; at++) counts[at]! += counts[at - 1]!;
        const next = counts.slice();
        for (let i = end - 1; i >= start; i--)
          if (others[i - start]! < start) bySteps[next[Math.floor(others[i - start]! / PIECE)]!++] = i;
        for (let at = 0; at + 1 < counts.length; at++) {
          const first = at * PIECE;
          const some = reader.read(column, first, page.subarray(0, Math.min(PIECE, start - first)));
          for (let each = counts[at]!; each < counts[at + 1]!; each++) {
            const i = bySteps[each]! - start;
            const place = others[i]! - first;
            const value = own[i]!;
            own[i] = some[place]!;
            some[place] = value;
          }
          writeAll(file, some, some.length, first);
        }
      }
      writeAll(file, own, own.length, start);
    }
  } finally {
    reader.close();
    closeSync(file);
  }
  return column;
}
