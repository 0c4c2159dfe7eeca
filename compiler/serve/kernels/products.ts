// Matrix products, which take nearly all of a request's time. Tiles of 2 rows × 4 columns keep eight sums in
// registers, the most that V8 holds without spilling; sums are f64.

/**
 * out = x w, or x wᵀ if `transposed`. x [rows, inner], w [inner, outer] (transposed: [outer, inner]), out
 * [rows, outer]
 */
export function matmul(
  out: Float32Array,
  x: Float32Array,
  w: Float32Array,
  rows: number,
  inner: number,
  outer: number,
  transposed: boolean,
): void {
  // Strides in w between two inner numbers and between two columns of the output.
  const down = transposed ? 1 : outer;
  const across = transposed ? inner : 1;
  const fullRows = rows - (rows % 2);
  const fullColumns = outer - (outer % 4);
  for (let r = 0; r < fullRows; r += 2) {
    const x0 = r * inner;
    const x1 = x0 + inner;
    for (let c = 0; c < fullColumns; c += 4) {
      let a0 = 0;
      let a1 = 0;
      let a2 = 0;
      let a3 = 0;
      let b0 = 0;
      let b1 = 0;
      let b2 = 0;
      let b3 = 0;
      for (let k = 0, i = c * across; k < inner; k++, i += down) {
        const w0 = w[i]!;
        const w1 = w[i + across]!;
        const w2 = w[i + 2 * across]!;
        const w3 = w[i + 3 * across]!;
        const a = x[x0 + k]!;
        const b = x[x1 + k]!;
        a0 += a * w0;
        a1 += a * w1;
        a2 += a * w2;
        a3 += a * w3;
        b0 += b * w0;
        b1 += b * w1;
        b2 += b * w2;
        b3 += b * w3;
      }
      const o = r * outer + c;
      out[o] = a0;
      out[o + 1] = a1;
      out[o + 2] = a2;
      out[o + 3] = a3;
      out[o + outer] = b0;
      out[o + outer + 1] = b1;
      out[o + outer + 2] = b2;
      out[o + outer + 3] = b3;
    }
  }
  // The part outside the tiles: the last columns of all rows, and the last row.
  for (let r = 0; r < rows; r++) {
    for (let c = r < fullRows ? fullColumns : 0; c < outer; c++) {
      let sum = 0;
      for (let k = 0, i = c * across, j = r * inner; k < inner; k++, i += down) sum += x[j++]! * w[i]!;
      out[r * outer + c] = sum;
    }
  }
}

/** out = xᵀ y, summed over the rows. x [rows, a], y [rows, b], out [a, b] */
export function contractRows(
  out: Float32Array,
  x: Float32Array,
  y: Float32Array,
  rows: number,
  a: number,
  b: number,
): void {
  for (let i = 0; i < a; i++) {
    for (let j = 0; j < b; j++) {
      let sum = 0;
      for (let r = 0; r < rows; r++) sum += x[r * a + i]! * y[r * b + j]!;
      out[i * b + j] = sum;
    }
  }
}

/**
 * Inner products of each query with each key of its group; all groups have equally many queries and keys. q
 * [queries, width], k [keys, width], out [queries, keys / groups]
 */
export function dots(
  out: Float32Array,
  q: Float32Array,
  k: Float32Array,
  groups: number,
  queries: number,
  keys: number,
  width: number,
): void {
  const told = groups === 0 ? 0 : keys / groups;
  for (let i = 0, o = 0; i < queries; i++) {
    let at = Math.floor((i * groups) / queries) * told * width;
    for (let j = 0; j < told; j++) {
      let sum = 0;
      for (let w = 0; w < width; w++) sum += q[i * width + w]! * k[at++]!;
      out[o++] = sum;
    }
  }
}
