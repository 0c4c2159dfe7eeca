// Finds the number that a sorted column would have at an index, without sorting it.

import { type Column, type ColumnReader, float64s } from "../../../compiler/data/columns.ts";

/** The most numbers that are sorted at once. */
const FEW = 1 << 20;
const BINS = 1 << 12;

/**
 * The number at index `place`, from 0, of the sorted column; all numbers are finite. It holds only a few of
 * them at a time.
 */
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
