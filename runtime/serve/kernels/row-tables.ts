// Kernels over tables whose rows are made when they are asked for: what `lookup`, `sumOfElements` and `maxOfElements` do for
// tables of floats.

import type { RowTable } from "../tables.ts";

/** The rows of a table that are not floats in memory. out [rows, width] */
export function lookupRows(out: Float32Array, table: RowTable, ids: Int32Array, rows: number): void {
  table.gather(out, 0, ids, rows);
}

/** As `sumOfElements`. out [rows, width] */
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
  for (let e = 0, i = 0; e < elements; e++) {
    const o = rowOf[e]! * width;
    for (let j = 0; j < width; j++) out[o + j] = out[o + j]! + values[i++]!;
  }
}

/** As `maxOfElements`. out [rows, width] */
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
  for (let e = 0, i = 0; e < elements; e++) {
    const o = rowOf[e]! * width;
    const first = e === 0 || rowOf[e - 1] !== rowOf[e];
    for (let j = 0; j < width; j++) {
      const value = values[i++]!;
      if (first || value > out[o + j]!) out[o + j] = value;
    }
  }
}
