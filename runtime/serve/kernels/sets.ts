// Kernels over the values of sets, packed: those of the first row, then those of the second. `rowOf` gives the row of each.

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
    const i = ids[e]! * width;
    for (let j = 0; j < width; j++) out[o + j] = out[o + j]! + table[i + j]!;
  }
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
    const i = ids[e]! * width;
    const first = e === 0 || rowOf[e - 1] !== rowOf[e];
    for (let j = 0; j < width; j++) {
      const value = table[i + j]!;
      if (first || value > out[o + j]!) out[o + j] = value;
    }
  }
}

/** How many values each set has. out [rows, 1] */
export function countElements(out: Float32Array, rowOf: Int32Array, elements: number, rows: number): void {
  out.fill(0, 0, rows);
  for (let e = 0; e < elements; e++) out[rowOf[e]!] = out[rowOf[e]!]! + 1;
}
