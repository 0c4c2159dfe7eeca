// Selects one split of example rows as columns of their own. Rows, their steps and their values have the same order in every
// column, so that each column is read once.

import {
  type Column,
  type ColumnMemory,
  type ColumnReader,
  float32s,
  float64s,
  int32s,
  type NumberArray,
  type NumbersOf,
  part,
} from "../../../compiler/data/columns.ts";
import { readAt, single } from "../../../compiler/data/row-indices.ts";
import {
  mapped,
  type ReadRows,
  type StoredColumns,
  type StoredSets,
} from "../../../compiler/data/row-stages.ts";
import { BoundsWriter } from "../storage/set-writer.ts";
import type { SpillingStore } from "../storage/spilling-store.ts";

/** The most rows that are requested at a time. */
export const BLOCK = 4096;

/** The offsets of consecutive rows, with the end of the last one. */
type Offsets = (from: number, rows: number) => Int32Array;

/** The sides of consecutive rows. */
export type Sides = (from: number, rows: number) => Int32Array;

/** The rows whose side is `wanted`. */
export function rowsOfSide(
  all: ReadRows,
  sides: Sides,
  wanted: number,
  memory: ColumnMemory<SpillingStore>,
): ReadRows {
  const selection = new Selection(all.rows, sides, wanted, memory);
  const rows: Offsets = (from, count) => Int32Array.from({ length: count + 1 }, (_, i) => from + i);
  return {
    rows: selection.count(),
    ...selection.placed(all, rows),
    histories: mapped(all.histories, (history) => ({
      bounds: selection.bounds(history.bounds, rows),
      ...selection.placed(history, selection.inside(history.bounds, rows)),
    })),
    labels: mapped(all.labels, (column) => selection.values(column, float32s, rows)),
    groups: mapped(all.groups, (column) => selection.values(column, int32s, rows)),
  };
}

class Selection {
  private readonly rows: number;
  private readonly sides: Sides;
  private readonly wanted: number;
  private readonly reader: ColumnReader;
  private readonly store: SpillingStore;

  constructor(rows: number, sides: Sides, wanted: number, { reader, store }: ColumnMemory<SpillingStore>) {
    this.rows = rows;
    this.sides = sides;
    this.wanted = wanted;
    this.reader = reader;
    this.store = store;
  }

  count(): number {
    let count = 0;
    for (let from = 0; from < this.rows; from += BLOCK)
      for (const side of this.sides(from, Math.min(BLOCK, this.rows - from)))
        count += Number(side === this.wanted);
    return count;
  }

  placed(
    { ids, numbers, vectors, sets }: StoredColumns<Float64Array>,
    places: Offsets,
  ): StoredColumns<Float64Array> {
    return {
      ids: mapped(ids, (column) => this.values(column, int32s, places)),
      numbers: mapped(numbers, (column) => this.values(column, float64s, places)),
      vectors: mapped(vectors, ({ values, width }) => ({
        values: this.values(values, float32s, places, width),
        width,
      })),
      sets: mapped(sets, (column) => this.sets(column, places)),
    };
  }

  values<T extends NumberArray>(
    column: Column<T>,
    make: NumbersOf<T>,
    places: Offsets,
    width = 1,
  ): Column<T> {
    const writer = this.store.growing(make);
    let buffer = make(0);
    for (const { offsets, wanted } of this.blocks(places)) {
      const first = offsets[0]!;
      const length = (offsets.at(-1)! - first) * width;
      if (buffer.length < length) buffer = make(length);
      const values = this.reader.read(column, first * width, part(buffer, 0, length));
      for (const i of wanted)
        writer.append(part(values, (offsets[i]! - first) * width, (offsets[i + 1]! - first) * width));
    }
    return writer.finish();
  }

  bounds(column: Column<Int32Array>, places: Offsets): Column<Int32Array> {
    const writer = new BoundsWriter(this.store);
    for (const { offsets, wanted } of this.blocks(places)) {
      const first = offsets[0]!;
      const bounds = this.reader.read(column, first, new Int32Array(offsets.at(-1)! - first + 1));
      for (const i of wanted) {
        const begin = bounds[offsets[i]! - first]!;
        const ends = bounds.slice(offsets[i]! - first + 1, offsets[i + 1]! - first + 1);
        writer.add(ends.map((end) => end - begin));
      }
    }
    return writer.finish();
  }

  /** The range between the bounds of each row. */
  inside(bounds: Column<Int32Array>, places: Offsets): Offsets {
    return (from, rows) => {
      const at = places(from, rows);
      return readAt(this.reader, bounds, single(at), new Int32Array(at.length));
    };
  }

  private sets({ ids, weights, bounds }: StoredSets, places: Offsets): StoredSets {
    const inside = this.inside(bounds, places);
    return {
      ids: this.values(ids, int32s, inside),
      weights: weights && this.values(weights, float32s, inside),
      bounds: this.bounds(bounds, places),
    };
  }

  /** Consecutive rows, and which of them are wanted. */
  private *blocks(
    places: Offsets,
  ): Generator<{ readonly offsets: Int32Array; readonly wanted: readonly number[] }> {
    for (let from = 0; from < this.rows; from += BLOCK) {
      const count = Math.min(BLOCK, this.rows - from);
      const sides = this.sides(from, count);
      const wanted: number[] = [];
      for (let i = 0; i < count; i++) if (sides[i] === this.wanted) wanted.push(i);
      yield { offsets: places(from, count), wanted };
    }
  }
}
