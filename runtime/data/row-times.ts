// The times of rows, by which the latest of them are kept for validation. Times are read as those of an event log are: numbers or
// timestamps, without a UTC offset those of UTC.

import { type Column, type ColumnReader, type ColumnWriter, float64s } from "../../compiler/data/columns.ts";
import { findColumn, holdsValues } from "../../compiler/data/feature-columns.ts";
import type { Findings } from "../../compiler/data/findings.ts";
import type { RawCell } from "../../compiler/data/raw-values.ts";
import type { DataFile, SqlColumn } from "./data-file.ts";
import { exactColumn } from "./data-files.ts";
import { EventOrder } from "./event-order.ts";
import type { SpillingStore } from "./spilling-store.ts";

/** The times of a file, in the order of its rows. */
export class RowTimes {
  private readonly column: string;
  private readonly store: SpillingStore;
  private order: EventOrder | null = null;
  private writer: ColumnWriter<Float64Array> | null = null;

  constructor(column: string, store: SpillingStore) {
    this.column = column;
    this.store = store;
  }

  /** The file is read, or read again, from its beginning; null where it has no such column, which is among `findings` then. */
  begin(file: DataFile, findings: Findings): SqlColumn | null {
    if (this.writer !== null) this.store.remove(this.writer.finish());
    this.writer = this.store.growing(float64s);
    this.order = new EventOrder(this.column, null, findings);
    const column = findColumn(file, this.column, "`validate.latest_by` names", findings);
    return column !== null && holdsValues(column, findings) ? exactColumn(column) : null;
  }

  read(cell: RawCell, row: number): void {
    this.order!.read(cell, row);
    this.writer!.push(this.order!.value);
  }

  /** To be called when all rows are read: notes what is wrong with the column as a whole. */
  end(): void {
    this.order!.finish();
  }

  taken(): Column<Float64Array> {
    const column = this.writer!.finish();
    this.writer = null;
    return column;
  }
}

/** Numbers that are sorted at once. */
const FEW = 1 << 20;
const BINS = 1 << 12;

/** The number at `place`, from 0, if those of the column were sorted; all are finite. Never holds more than a few of them. */
export function numberAt(
  column: Column<Float64Array>,
  place: number,
  reader: ColumnReader,
  few = FEW,
): number {
  let [low, high, before, rows] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0];
  for (const { values } of reader.pieces(column, float64s))
    for (const value of values) {
      low = Math.min(low, value);
      high = Math.max(high, value);
      rows++;
    }
  while (rows > few && low < high) {
    const binOf = (value: number) => Math.min(BINS - 1, Math.floor(((value - low) / (high - low)) * BINS));
    const counts = new Float64Array(BINS);
    const [least, most] = [
      new Float64Array(BINS).fill(Number.POSITIVE_INFINITY),
      new Float64Array(BINS).fill(Number.NEGATIVE_INFINITY),
    ];
    for (const value of between(column, low, high, reader)) {
      const bin = binOf(value);
      counts[bin]!++;
      least[bin] = Math.min(least[bin]!, value);
      most[bin] = Math.max(most[bin]!, value);
    }
    let bin = 0;
    while (before + counts[bin]! <= place) before += counts[bin++]!;
    [low, high, rows] = [least[bin]!, most[bin]!, counts[bin]!];
  }
  if (low === high) return low;
  return Float64Array.from(between(column, low, high, reader)).sort()[place - before]!;
}

function* between(
  column: Column<Float64Array>,
  low: number,
  high: number,
  reader: ColumnReader,
): Generator<number> {
  for (const { values } of reader.pieces(column, float64s))
    for (const value of values) if (value >= low && value <= high) yield value;
}
