// Takes what places of columns have: a value each, or any number of values between bounds. Places that follow one another in a
// file are read at once.

import { type Column, type ColumnReader, type Numbers, part } from "./columns.ts";
import type { SetColumn } from "./dataset.ts";
import { taken } from "./item-columns.ts";
import type { SetsOfRows } from "./stored-events.ts";

/** The values at places of a column, each `width` numbers. */
export function valuesAt<T extends Numbers>(
  reader: ColumnReader,
  column: Column<T>,
  at: Int32Array,
  make: (length: number) => T,
  width = 1,
): T {
  if (column.kind === "memory") return taken(column.values, at, make, width);
  const out = make(at.length * width);
  for (const [from, to] of runsOf(at))
    reader.read(column, at[from]! * width, part(out, from * width, to * width));
  return out;
}

/** Of places, the values from[i] … of a column, which stand at start[i] … end[i] − 1 when they are taken. */
export interface Ranges {
  readonly from: Int32Array;
  readonly start: Int32Array;
  readonly end: Int32Array;
}

/** Where the values of places stand, between their bounds. */
export function rangesAt(reader: ColumnReader, bounds: Column<Int32Array>, at: Int32Array): Ranges {
  const [from, start, end] = [ints(at.length), ints(at.length), ints(at.length)];
  let count = 0;
  for (const [first, last] of runsOf(at)) {
    const some = reader.read(bounds, at[first]!, ints(last - first + 1));
    for (let i = first; i < last; i++) {
      from[i] = some[i - first]!;
      start[i] = count;
      count += some[i - first + 1]! - from[i]!;
      end[i] = count;
    }
  }
  return { from, start, end };
}

/** The values of ranges, one range after the other, each value `width` numbers. */
export function valuesIn<T extends Numbers>(
  reader: ColumnReader,
  column: Column<T>,
  { from, start, end }: Ranges,
  make: (length: number) => T,
  width = 1,
): T {
  const out = make((end.at(-1) ?? 0) * width);
  for (let i = 0; i < from.length; ) {
    const first = i++;
    while (i < from.length && from[i] === from[i - 1]! + end[i - 1]! - start[i - 1]!) i++;
    reader.read(column, from[first]! * width, part(out, start[first]! * width, end[i - 1]! * width));
  }
  return out;
}

export function setsOfRows(reader: ColumnReader, { ids, bounds }: SetsOfRows, rows: Int32Array): SetColumn {
  const ranges = rangesAt(reader, bounds, rows);
  return { ids: valuesIn(reader, ids, ranges, ints), start: ranges.start, end: ranges.end };
}

/** The places that ranges are of, one range after the other. */
export function placesIn({ from, start, end }: Ranges): Int32Array {
  const places = ints(end.at(-1) ?? 0);
  for (let i = 0; i < from.length; i++)
    for (let at = start[i]!; at < end[i]!; at++) places[at] = from[i]! + at - start[i]!;
  return places;
}

/** Parts of `at` in which each place follows the one before. */
function* runsOf(at: Int32Array): Generator<readonly [from: number, to: number]> {
  for (let to = 0; to < at.length; ) {
    const from = to++;
    while (to < at.length && at[to] === at[to - 1]! + 1) to++;
    yield [from, to];
  }
}

const ints = (length: number): Int32Array => new Int32Array(length);
