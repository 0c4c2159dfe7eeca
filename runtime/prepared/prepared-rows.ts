// Reads the cells of rows in the order in which they are stored, a chunk at a time.

import type { ColumnReader } from "../../compiler/data/columns.ts";
import { type RowOrder, rowsAt } from "../../compiler/data/row-order.ts";
import { type RowReader, RowValues } from "../../compiler/data/row-reader.ts";
import { CHUNK_ROWS } from "../duckdb/streamed.ts";
import { cellsOf, type PreparedCells } from "./prepared-columns.ts";
import type { PreparedColumn } from "./prepared-folder.ts";

/** The most bytes of numbers that are read at a time. */
const MOST_BYTES = 8e6;

/** At least as many as rows that are read at a time; with a row's number, it has 53 bits. */
const PLACES = 2 ** 21;

/** Consecutive positions in the stored order. */
type Part = readonly [from: number, to: number];

/** Part k of `count` of the positions from `first` on. */
export function partOf(first: number, rows: number, k: number, count: number): Part {
  return [first + Math.floor((k * rows) / count), first + Math.floor(((k + 1) * rows) / count)];
}

/** Part k of each batch, by the batches' ends. */
export function* partsOfBatches(ends: Iterable<number>, k: number, count: number): Generator<Part> {
  let first = 0;
  for (const end of ends) {
    yield partOf(first, end - first, k, count);
    first = end;
  }
}

/** The ends of batches of `batch` rows. */
export function* endsOfBatches(rows: number, batch: number): Generator<number> {
  for (let end = batch; end < rows + batch; end += batch) yield Math.min(end, rows);
}

/** Part k of the batches: neighbouring ones, each whole. */
export function partOfBatches(ends: Int32Array, k: number, count: number): Part {
  const [from, to] = partOf(0, ends.length, k, count);
  return [from === 0 ? 0 : ends[from - 1]!, ends[to - 1]!];
}

/**
 * The numbers of the rows at these positions, at most `most` at a time. If `order` is null, rows are in the
 * order of their numbers.
 */
export function* rowsOfParts(
  parts: Iterable<Part>,
  order: RowOrder | null,
  reader: ColumnReader,
  most: number,
): Generator<Int32Array> {
  const some = new Int32Array(most);
  let filled = 0;
  for (const [from, to] of parts)
    for (let at = from; at < to; ) {
      const count = Math.min(to - at, most - filled);
      if (order === null) for (let i = 0; i < count; i++) some[filled + i] = at + i;
      else some.set(rowsAt(order, at, at + count, reader), filled);
      filled += count;
      at += count;
      if (filled < most) continue;
      yield some;
      filled = 0;
    }
  if (filled > 0) yield some.subarray(0, filled);
}

/** The number of rows whose cells are read at a time. A list may have any length, so rows with lists are a chunk. */
export function rowsAtATime(columns: readonly PreparedColumn[]): number {
  const chunks = Math.floor(MOST_BYTES / (4 * CHUNK_ROWS * columns.length));
  return hasLists(columns) ? CHUNK_ROWS : CHUNK_ROWS * Math.max(1, chunks);
}

/** The cells of rows by column, at most `CHUNK_ROWS` rows at a time. */
export function* chunksOfRows(
  columns: readonly PreparedColumn[],
  reader: RowReader,
  rows: Iterable<Int32Array>,
): Generator<{ readonly count: number; readonly cells: readonly PreparedCells[] }> {
  for (const some of rows) {
    if (hasLists(columns)) {
      const found = new RowValues(reader, some);
      yield { count: some.length, cells: columns.map((column) => cellsOf(column, found, some)) };
      continue;
    }
    const all = numbersAt(columns, reader, some);
    for (let from = 0; from < some.length; from += CHUNK_ROWS) {
      const to = Math.min(from + CHUNK_ROWS, some.length);
      yield { count: to - from, cells: all.map((numbers) => numbers.subarray(from, to)) };
    }
  }
}

function hasLists(columns: readonly PreparedColumn[]): boolean {
  return columns.some(({ type }) => type.startsWith("list<"));
}

/**
 * The numbers of rows by column. Shuffled rows are far apart in memory, so they are read in the order of memory, and shuffled
 * when they are near the processor.
 */
function numbersAt(
  columns: readonly PreparedColumn[],
  reader: RowReader,
  rows: Int32Array,
): (Int32Array | Float32Array)[] {
  const [sorted, places] = inMemoryOrder(rows);
  const found = new RowValues(reader, sorted);
  return columns.map((column) => {
    const cells = cellsOf(column, found, sorted) as ArrayLike<number>;
    const numbers = column.type === "float" ? new Float32Array(rows.length) : new Int32Array(rows.length);
    for (let i = 0; i < places.length; i++) numbers[places[i]!] = cells[i]!;
    return numbers;
  });
}

/** The rows in ascending order, and their places before. */
function inMemoryOrder(rows: Int32Array): readonly [sorted: Int32Array, places: Int32Array] {
  const keys = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i++) keys[i] = rows[i]! * PLACES + i;
  keys.sort();
  const sorted = new Int32Array(rows.length);
  const places = new Int32Array(rows.length);
  for (let i = 0; i < rows.length; i++) {
    const row = Math.floor(keys[i]! / PLACES);
    sorted[i] = row;
    places[i] = keys[i]! - row * PLACES;
  }
  return [sorted, places];
}
