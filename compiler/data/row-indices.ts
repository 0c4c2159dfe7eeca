// Reads columns at given indices: single ones, or runs of neighbours, such as the steps of a row or the
// values of a set. Consecutive indices of a file are read at once.

import { type Column, type ColumnReader, type NumberArray, PIECE, part } from "./columns.ts";

/** Indices of a column, in the order of reading. */
export interface RowIndices {
  /** Each index; with `offsets`, the first one of each run. */
  readonly from: Int32Array;
  /** Run i has the positions offsets[i] … offsets[i + 1] − 1 of the result. */
  readonly offsets: Int32Array | null;
}

export interface Runs extends RowIndices {
  readonly offsets: Int32Array;
}

/** The runs of a column: run r is bounds[r] … bounds[r + 1] − 1, or start[r] … end[r] − 1. */
export type Bounds = Column<Int32Array> | Ends;

export interface Ends {
  readonly kind: "ends";
  readonly start: Int32Array;
  readonly end: Int32Array;
}

export function single(from: Int32Array): RowIndices {
  return { from, offsets: null };
}

/** The numbers of all rows, piece by piece; a piece is valid until the next one is requested. */
export function* rowNumbers(rows: number): Generator<Int32Array> {
  const buffer = new Int32Array(Math.min(PIECE, rows));
  for (let from = 0; from < rows; from += PIECE) {
    const some = buffer.subarray(0, Math.min(PIECE, rows - from));
    for (let i = 0; i < some.length; i++) some[i] = from + i;
    yield some;
  }
}

export function countOf({ from, offsets }: RowIndices): number {
  return offsets === null ? from.length : offsets[from.length]!;
}

/** Fills `out` with the values at `places`, `width` numbers each. */
export function readAt<T extends NumberArray>(
  reader: ColumnReader,
  column: Column<T>,
  places: RowIndices,
  out: T,
  width = 1,
): T {
  const { from, offsets } = places;
  if (column.kind === "file") return readFileAt(reader, column, places, out, width);
  const { values } = column;
  if (offsets !== null) {
    fetchRuns(values, from, offsets, out, width);
    for (let i = 0, to = 0; i < from.length; i++) {
      const end = offsets[i + 1]! * width;
      for (let at = from[i]! * width; to < end; at++) out[to++] = values[at]!;
    }
  } else if (width === 1) for (let i = 0; i < from.length; i++) out[i] = values[from[i]!]!;
  else
    for (let i = 0; i < from.length; i++)
      for (let at = 0; at < width; at++) out[i * width + at] = values[from[i]! * width + at]!;
  return out;
}

/**
 * Reads the ends of each run, so that the processor fetches many runs at once from memory, and writes them to `out`, which is
 * filled next.
 */
function fetchRuns(
  values: NumberArray,
  from: Int32Array,
  offsets: Int32Array,
  out: NumberArray,
  width: number,
): void {
  if (out.length < from.length) return;
  for (let i = 0; i < from.length; i++) {
    const count = offsets[i + 1]! - offsets[i]!;
    if (count === 0) continue;
    out[i] = values[from[i]! * width]!;
    out[i] = values[(from[i]! + count) * width - 1]!;
  }
}

function readFileAt<T extends NumberArray>(
  reader: ColumnReader,
  column: Column<T>,
  { from, offsets }: RowIndices,
  out: T,
  width: number,
): T {
  const offset = (i: number) => width * (offsets === null ? i : offsets[i]!);
  const size = (i: number) => offset(i + 1) - offset(i);
  for (let i = 0; i < from.length; ) {
    const first = i++;
    // Neighbouring rows may share a history.
    if (first > 0 && from[first] === from[first - 1] && size(first) === size(first - 1)) {
      out.copyWithin(offset(first), offset(first - 1), offset(first));
      continue;
    }
    while (i < from.length && from[i]! * width === from[i - 1]! * width + size(i - 1)) i++;
    reader.read(column, from[first]! * width, part(out, offset(first), offset(i)));
  }
  return out;
}

/** The runs at the given indices of `bounds`. */
export function runsAt(reader: ColumnReader, bounds: Bounds, places: RowIndices): Runs {
  const at = each(places);
  const from = new Int32Array(at.length);
  const offsets = new Int32Array(at.length + 1);
  if (bounds.kind === "file")
    for (let i = 0; i < at.length; ) {
      const first = i++;
      while (i < at.length && at[i] === at[i - 1]! + 1) i++;
      const some = reader.read(bounds, at[first]!, new Int32Array(i - first + 1));
      from.set(some.subarray(0, -1), first);
      for (let j = first; j < i; j++) offsets[j + 1] = offsets[j]! + some[j - first + 1]! - some[j - first]!;
    }
  else {
    const [start, end] =
      bounds.kind === "memory" ? [bounds.values, bounds.values.subarray(1)] : [bounds.start, bounds.end];
    for (let i = 0; i < at.length; i++) {
      from[i] = start[at[i]!]!;
      offsets[i + 1] = offsets[i]! + end[at[i]!]! - from[i]!;
    }
  }
  return { from, offsets };
}

function each({ from, offsets }: RowIndices): Int32Array {
  if (offsets === null) return from;
  const places = new Int32Array(offsets[from.length]!);
  for (let i = 0; i < from.length; i++)
    for (let to = offsets[i]!; to < offsets[i + 1]!; to++) places[to] = from[i]! + to - offsets[i]!;
  return places;
}
