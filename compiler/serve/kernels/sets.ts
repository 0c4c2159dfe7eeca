// Kernels over the values of sets, packed: those of the first row, then those of the second. `rowOf` gives the row of each.

import type { RowTable } from "../tables.ts";

/**
 * For each set, the sum of the rows of `table` [.., width] for its values; 0 for an empty set. out [rows,
 * width]
 */
export function sumOfElements(
  out: Float32Array,
  table: Float32Array,
  ids: Int32Array,
  rowOf: Int32Array,
  elements: number,
  rows: number,
  width: number,
): void {
  out.fill(0, 0, rows * width);
  for (let e = 0; e < elements; e++) {
    const o = rowOf[e]! * width;
    addRow(out, o, table, ids[e]! * width, width);
  }
}

/** Like `sumOfElements`, for a table that computes its rows on demand. */
export function sumOfRows(
  out: Float32Array,
  table: RowTable,
  ids: Int32Array,
  rowOf: Int32Array,
  elements: number,
  rows: number,
  width: number,
): void {
  out.fill(0, 0, rows * width);
  const values = table.gathered(ids, elements);
  for (let e = 0; e < elements; e++) addRow(out, rowOf[e]! * width, values, e * width, width);
}

/** Like `sumOfElements`, with the weight of each value. */
export function weightedSumOfElements(
  out: Float32Array,
  table: Float32Array,
  ids: Int32Array,
  rowOf: Int32Array,
  elements: number,
  rows: number,
  width: number,
  weights: Float32Array,
): void {
  out.fill(0, 0, rows * width);
  for (let e = 0; e < elements; e++)
    addWeighted(out, rowOf[e]! * width, table, ids[e]! * width, width, weights[e]!);
}

/** Like `weightedSumOfElements`, for a table that computes its rows on demand. */
export function weightedSumOfRows(
  out: Float32Array,
  table: RowTable,
  ids: Int32Array,
  rowOf: Int32Array,
  elements: number,
  rows: number,
  width: number,
  weights: Float32Array,
): void {
  out.fill(0, 0, rows * width);
  const values = table.gathered(ids, elements);
  for (let e = 0; e < elements; e++)
    addWeighted(out, rowOf[e]! * width, values, e * width, width, weights[e]!);
}

function addWeighted(
  out: Float32Array,
  o: number,
  values: Float32Array,
  i: number,
  width: number,
  weight: number,
): void {
  for (let j = 0; j < width; j++) out[o + j] = out[o + j]! + weight * values[i + j]!;
}

function addRow(out: Float32Array, o: number, values: Float32Array, i: number, width: number): void {
  for (let j = 0; j < width; j++) out[o + j] = out[o + j]! + values[i + j]!;
}

/**
 * For each set, the maximum of the rows of `table` [.., width] for its values; 0 for an empty set. out [rows,
 * width]
 */
export function maxOfElements(
  out: Float32Array,
  table: Float32Array,
  ids: Int32Array,
  rowOf: Int32Array,
  elements: number,
  rows: number,
  width: number,
): void {
  out.fill(0, 0, rows * width);
  for (let e = 0; e < elements; e++) {
    const o = rowOf[e]! * width;
    keepLargest(out, o, table, ids[e]! * width, width, e === 0 || rowOf[e - 1] !== rowOf[e]);
  }
}

/** Like `maxOfElements`, for a table that computes its rows on demand. */
export function maxOfRows(
  out: Float32Array,
  table: RowTable,
  ids: Int32Array,
  rowOf: Int32Array,
  elements: number,
  rows: number,
  width: number,
): void {
  out.fill(0, 0, rows * width);
  const values = table.gathered(ids, elements);
  for (let e = 0; e < elements; e++) {
    const o = rowOf[e]! * width;
    keepLargest(out, o, values, e * width, width, e === 0 || rowOf[e - 1] !== rowOf[e]);
  }
}

/** The `first` row of a set replaces the zeros of an empty one. */
function keepLargest(
  out: Float32Array,
  o: number,
  values: Float32Array,
  i: number,
  width: number,
  first: boolean,
): void {
  for (let j = 0; j < width; j++) {
    const value = values[i + j]!;
    if (first || value > out[o + j]!) out[o + j] = value;
  }
}

/** The number of values of each set. out [rows, 1] */
export function countElements(out: Float32Array, rowOf: Int32Array, elements: number, rows: number): void {
  out.fill(0, 0, rows);
  for (let e = 0; e < elements; e++) out[rowOf[e]!] = out[rowOf[e]!]! + 1;
}

/**
 * For each set, the rows of `table` [.., width] for its values, in their order at the end of a list of `most`
 * after zeros. out [rows, most, width]
 */
export function listOfElements(
  out: Float32Array,
  table: Float32Array,
  ids: Int32Array,
  rowOf: Int32Array,
  elements: number,
  rows: number,
  most: number,
  width: number,
): void {
  out.fill(0, 0, rows * most * width);
  for (let e = elements - 1, at = 0; e >= 0; e--) {
    at = placeOf(rowOf, e, elements, most, at);
    const from = ids[e]! * width;
    out.set(table.subarray(from, from + width), at * width);
  }
}

/** Like `listOfElements`, for a table that computes its rows on demand. */
export function listOfRows(
  out: Float32Array,
  table: RowTable,
  ids: Int32Array,
  rowOf: Int32Array,
  elements: number,
  rows: number,
  most: number,
  width: number,
): void {
  out.fill(0, 0, rows * most * width);
  const values = table.gathered(ids, elements);
  for (let e = elements - 1, at = 0; e >= 0; e--) {
    at = placeOf(rowOf, e, elements, most, at);
    out.set(values.subarray(e * width, (e + 1) * width), at * width);
  }
}

/** The values of sets out of the lists x [rows, most, width] of them. out [elements, width] */
export function listedRowsGradient(
  out: Float32Array,
  x: Float32Array,
  rowOf: Int32Array,
  elements: number,
  most: number,
  width: number,
): void {
  for (let e = elements - 1, at = 0; e >= 0; e--) {
    at = placeOf(rowOf, e, elements, most, at);
    out.set(x.subarray(at * width, (at + 1) * width), e * width);
  }
}

/** The place of value `e` in the lists of `most`, given that of the value after it. */
function placeOf(rowOf: Int32Array, e: number, elements: number, most: number, next: number): number {
  const isLast = e === elements - 1 || rowOf[e + 1] !== rowOf[e];
  return isLast ? (rowOf[e]! + 1) * most - 1 : next - 1;
}
