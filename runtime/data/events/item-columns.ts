// Columns by item or user in memory, and their selection by number.

import { ColumnBuilder } from "../../../compiler/data/builders.ts";
import { int32s } from "../../../compiler/data/columns.ts";
import { type ColumnUse, type FeatureColumns, widthOf } from "../../../compiler/data/feature-columns.ts";
import type { SetRanges } from "../../../compiler/data/memory-rows.ts";
import { grown } from "../../../compiler/frontend/kinds/interner.ts";

/** Collects features of items from the rows of a log; the first row of an item gives its values. */
export class FirstOfItems {
  private readonly readers: readonly FirstColumn[];
  private slots: Int32Array = new Int32Array(1024);
  /** The number of items so far. */
  private met = 0;

  constructor(uses: readonly ColumnUse[]) {
    this.readers = uses.map((use) => firstColumn(use));
  }

  /** Takes consecutive rows with their items and features. */
  add(items: Int32Array, columns: FeatureColumns): void {
    if (this.readers.length === 0) return;
    for (let row = 0; row < items.length; row++) {
      const item = items[row]!;
      if (item < 0) continue;
      this.slots = grown(this.slots, item + 1, Int32Array);
      if (this.slots[item] !== 0) continue;
      this.slots[item] = ++this.met;
      for (const reader of this.readers) reader.take(columns, row);
    }
  }

  /** The items without a row. */
  without(items: number): Int32Array {
    if (this.readers.length === 0) return new Int32Array(0);
    return new Int32Array(items).map((_, item) => item).filter((item) => (this.slots[item] ?? 0) === 0);
  }

  /** By item, for `items` items. Items without a row have arbitrary values, which must not be read. */
  byItem(items: number): FeatureColumns {
    const rows = new Int32Array(items);
    for (let item = 0; item < items; item++) rows[item] = Math.max(0, (this.slots[item] ?? 0) - 1);
    const all: MutableColumns = { ids: new Map(), sets: new Map(), numbers: new Map(), groups: new Map() };
    for (const reader of this.readers) reader.finish(all, rows);
    return all;
  }
}

interface MutableColumns {
  readonly ids: Map<string, Int32Array>;
  readonly sets: Map<string, SetRanges>;
  readonly numbers: Map<string, Float64Array>;
  readonly groups: Map<string, Int32Array>;
}

interface FirstColumn {
  take(columns: FeatureColumns, row: number): void;
  finish(into: MutableColumns, rows: Int32Array): void;
}

function firstColumn({ feature, into }: ColumnUse): FirstColumn {
  const { name } = feature;
  if (feature.set !== null) {
    const [ids, start, end] = [ColumnBuilder.int32(), ColumnBuilder.int32(), ColumnBuilder.int32()];
    const weights = feature.set.weighted ? ColumnBuilder.float32() : null;
    return {
      take: ({ sets }, row) => {
        const set = sets.get(name)!;
        start.push(ids.length);
        for (let i = set.start[row]!; i < set.end[row]!; i++) {
          ids.push(set.ids[i]!);
          weights?.push(set.weights![i]!);
        }
        end.push(ids.length);
      },
      finish: ({ sets }, rows) =>
        sets.set(name, {
          ids: ids.finish(),
          weights: weights?.finish() ?? null,
          start: gatherRows(start.finish(), rows, int32s),
          end: gatherRows(end.finish(), rows, int32s),
        }),
    };
  }
  if (into === "numbers") {
    const values = ColumnBuilder.float64();
    const width = widthOf(feature);
    return {
      take: ({ numbers }, row) => {
        const column = numbers.get(name)!;
        for (let i = row * width; i < (row + 1) * width; i++) values.push(column[i]!);
      },
      finish: ({ numbers }, rows) =>
        numbers.set(
          name,
          gatherRows(values.finish(), rows, (n) => new Float64Array(n), width),
        ),
    };
  }
  const values = ColumnBuilder.int32();
  return {
    take: (columns, row) => values.push(columns[into].get(name)![row]!),
    finish: (columns, rows) => columns[into].set(name, gatherRows(values.finish(), rows, int32s)),
  };
}

/** The values of `rows`, each `width` numbers. */
export function gatherRows<T extends Int32Array | Float32Array | Float64Array>(
  values: T,
  rows: Int32Array,
  make: (length: number) => T,
  width = 1,
): T {
  const out = make(rows.length * width);
  if (width === 1) for (let i = 0; i < rows.length; i++) out[i] = values[rows[i]!]!;
  else
    for (let i = 0; i < rows.length; i++)
      for (let at = 0; at < width; at++) out[i * width + at] = values[rows[i]! * width + at]!;
  return out;
}
