// Kernels over the values of sets, packed: those of the first row, then those of the second. `rowOf` gives the row of each.

import type { RowTable } from "../tables.ts";

/** Sum of the rows of `table` [.., width] for the values of each set; 0 for an empty one. out [rows, width] */
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

/** As `sumOfElements`, of a table whose rows are made when they are asked for. */
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

function addRow(out: Float32Array, o: number, values: Float32Array, i: number, width: number): void {
  for (let j = 0; j < width; j++) out[o + j] = out[o + j]! + values[i + j]!;
}

/** Largest of the rows of `table` [.., width] for the values of each set; 0 for an empty one. out [rows, width] */
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

/** As `maxOfElements`, of a table whose rows are made when they are asked for. */
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

/** Where a set begins, its `first` row replaces the zeros of an empty one. */
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

/** How many values each set has. out [rows, 1] */
export function countElements(out: Float32Array, rowOf: Int32Array, elements: number, rows: number): void {
  out.fill(0, 0, rows);
  for (let e = 0; e < elements; e++) out[rowOf[e]!] = out[rowOf[e]!]! + 1;
}
