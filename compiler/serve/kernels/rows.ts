// Kernels that move numbers between rows: tables, histories, candidates. Steps are packed, and every row has
// equally many (steps / rows): a request has its own, and each candidate has the request's.

import type { RowTable } from "../tables.ts";

/** The rows of `table` [.., width] with these ids. out [rows, width] */
export function lookup(
  out: Float32Array,
  table: Float32Array,
  ids: Int32Array,
  rows: number,
  width: number,
): void {
  let o = 0;
  for (let r = 0; r < rows; r++) {
    let i = ids[r]! * width;
    for (let j = 0; j < width; j++) out[o++] = table[i++]!;
  }
}

/** The rows of a table that computes them on demand. out [rows, width] */
export function lookupRows(out: Float32Array, table: RowTable, ids: Int32Array, rows: number): void {
  table.gather(out, 0, ids, rows);
}

/** Adds each row of `dy` [rows, width] to the row of the table with its id. out [tableRows, width] */
export function lookupGradient(
  out: Float32Array,
  dy: Float32Array,
  ids: Int32Array,
  rows: number,
  tableRows: number,
  width: number,
): void {
  out.fill(0, 0, tableRows * width);
  for (let r = 0; r < rows; r++) {
    const o = ids[r]! * width;
    for (let j = 0; j < width; j++) out[o + j] = out[o + j]! + dy[r * width + j]!;
  }
}

/** Repeats each row of x [rows, width] for each of its steps. out [steps, width] */
export function repeatRows(
  out: Float32Array,
  x: Float32Array,
  rows: number,
  steps: number,
  width: number,
): void {
  const each = rows === 0 ? 0 : steps / rows;
  let o = 0;
  for (let r = 0; r < rows; r++) {
    for (let s = 0; s < each; s++) {
      for (let j = 0, i = r * width; j < width; j++) out[o++] = x[i++]!;
    }
  }
}

/** The sum of each row's steps; 0 without steps. x [steps, width], out [rows, width] */
export function sumSteps(
  out: Float32Array,
  x: Float32Array,
  rows: number,
  steps: number,
  width: number,
): void {
  const each = rows === 0 ? 0 : steps / rows;
  for (let r = 0; r < rows; r++) {
    const first = r * each * width;
    for (let j = 0; j < width; j++) {
      let sum = 0;
      for (let s = 0, i = first + j; s < each; s++, i += width) sum += x[i]!;
      out[r * width + j] = sum;
    }
  }
}

/** The maximum of each row's steps; 0 without steps. x [steps, width], out [rows, width] */
export function maxSteps(
  out: Float32Array,
  x: Float32Array,
  rows: number,
  steps: number,
  width: number,
): void {
  const each = rows === 0 ? 0 : steps / rows;
  for (let r = 0; r < rows; r++) {
    const first = r * each * width;
    for (let j = 0; j < width; j++) {
      let largest = each === 0 ? 0 : Number.NEGATIVE_INFINITY;
      for (let s = 0, i = first + j; s < each; s++, i += width) largest = Math.max(largest, x[i]!);
      out[r * width + j] = largest;
    }
  }
}

/** Softmax over each row's steps, column by column; `out` may be x. x, out [steps, width] */
export function softmaxSteps(
  out: Float32Array,
  x: Float32Array,
  rows: number,
  steps: number,
  width: number,
): void {
  const each = rows === 0 ? 0 : steps / rows;
  for (let r = 0; r < rows; r++) {
    for (let j = 0; j < width; j++) {
      const first = r * each * width + j;
      const end = first + each * width;
      let largest = Number.NEGATIVE_INFINITY;
      for (let i = first; i < end; i += width) largest = Math.max(largest, x[i]!);
      let sum = 0;
      for (let i = first; i < end; i += width) sum += out[i] = Math.exp(x[i]! - largest);
      for (let i = first; i < end; i += width) out[i] = out[i]! / sum;
    }
  }
}

/** The step `time` of each row. x [steps, width], out [rows, width] */
export function takeStep(
  out: Float32Array,
  x: Float32Array,
  rows: number,
  steps: number,
  time: number,
  width: number,
): void {
  const each = rows === 0 ? 0 : steps / rows;
  let o = 0;
  for (let r = 0; r < rows; r++) {
    for (let j = 0, i = (r * each + time) * width; j < width; j++) out[o++] = x[i++]!;
  }
}

/** Writes x [rows, width] as the step `time` of each row. out [steps, width] */
export function writeStep(
  out: Float32Array,
  x: Float32Array,
  rows: number,
  steps: number,
  time: number,
  width: number,
): void {
  const each = rows === 0 ? 0 : steps / rows;
  let i = 0;
  for (let r = 0; r < rows; r++) {
    for (let j = 0, o = (r * each + time) * width; j < width; j++) out[o++] = x[i++]!;
  }
}

/**
 * Each step of a row gets the x of the previous step (`reverse`: of the next one), or `end` ([rows, width] if
 * `endByRow`, else [width]) if there is none. x, out [steps, width]
 */
export function shiftSteps(
  out: Float32Array,
  x: Float32Array,
  end: Float32Array,
  rows: number,
  steps: number,
  width: number,
  endByRow: boolean,
  reverse: boolean,
): void {
  const each = rows === 0 ? 0 : steps / rows;
  const shift = reverse ? width : -width;
  const last = reverse ? each - 1 : 0;
  let o = 0;
  for (let r = 0; r < rows; r++) {
    for (let s = 0; s < each; s++) {
      const isEnd = s === last;
      let i = isEnd ? (endByRow ? r * width : 0) : o + shift;
      const from = isEnd ? end : x;
      for (let j = 0; j < width; j++) out[o++] = from[i++]!;
    }
  }
}

/** The number of steps of each row. out [rows, 1] */
export function countSteps(out: Float32Array, rows: number, steps: number): void {
  out.fill(rows === 0 ? 0 : steps / rows, 0, rows);
}

/** Repeats a request's rows for each candidate. x [rows, width], out [candidates × rows, width] */
export function repeatCandidates(
  out: Float32Array,
  x: Float32Array,
  candidates: number,
  rows: number,
  width: number,
): void {
  const size = rows * width;
  for (let n = 0, o = 0; n < candidates; n++) {
    for (let i = 0; i < size; i++) out[o++] = x[i]!;
  }
}

/** Sum over the candidates, row by row. x [candidates × rows, width], out [rows, width] */
export function sumCandidates(
  out: Float32Array,
  x: Float32Array,
  candidates: number,
  rows: number,
  width: number,
): void {
  const size = rows * width;
  for (let i = 0; i < size; i++) {
    let sum = 0;
    for (let n = 0, k = i; n < candidates; n++, k += size) sum += x[k]!;
    out[i] = sum;
  }
}

/** Sum of all rows. x [rows, width], out [width] */
export function sumRows(out: Float32Array, x: Float32Array, rows: number, width: number): void {
  for (let j = 0; j < width; j++) {
    let sum = 0;
    for (let r = 0, i = j; r < rows; r++, i += width) sum += x[i]!;
    out[j] = sum;
  }
}

/** The number of rows. out [1] */
export function countRows(out: Float32Array, rows: number): void {
  out[0] = rows;
}

/** The mean of all rows, or `moving` [width] without rows. x [rows, width], out [width] */
export function batchMean(
  out: Float32Array,
  x: Float32Array,
  moving: Float32Array,
  rows: number,
  width: number,
): void {
  for (let j = 0; j < width; j++) {
    let sum = 0;
    for (let r = 0, i = j; r < rows; r++, i += width) sum += x[i]!;
    out[j] = rows === 0 ? moving[j]! : sum / rows;
  }
}

/** Sum of each row's numbers. x [rows, width], out [rows, 1] */
export function sumWidth(out: Float32Array, x: Float32Array, rows: number, width: number): void {
  for (let r = 0, i = 0; r < rows; r++) {
    let sum = 0;
    for (let j = 0; j < width; j++) sum += x[i++]!;
    out[r] = sum;
  }
}

/**
 * Writes x [xRows, width] into the columns `at` … `at + width − 1` of out [rows, total]: one part of a
 * concatenation. If x has fewer rows than out, its rows repeat.
 */
export function concat(
  out: Float32Array,
  x: Float32Array,
  rows: number,
  total: number,
  at: number,
  width: number,
  xRows: number,
): void {
  for (let r = 0; r < rows; r++) {
    let o = r * total + at;
    let i = (r % xRows) * width;
    for (let j = 0; j < width; j++) out[o++] = x[i++]!;
  }
}

/** The columns `from` … `from + width − 1` of x [rows, total]. out [rows, width] */
export function slice(
  out: Float32Array,
  x: Float32Array,
  rows: number,
  total: number,
  from: number,
  width: number,
): void {
  for (let r = 0, o = 0; r < rows; r++) {
    let i = r * total + from;
    for (let j = 0; j < width; j++) out[o++] = x[i++]!;
  }
}

/** x [rows, width] with zeros before and after. out [rows, before + width + after] */
export function pad(
  out: Float32Array,
  x: Float32Array,
  rows: number,
  before: number,
  width: number,
  after: number,
): void {
  for (let r = 0, o = 0, i = 0; r < rows; r++) {
    for (let j = 0; j < before; j++) out[o++] = 0;
    for (let j = 0; j < width; j++) out[o++] = x[i++]!;
    for (let j = 0; j < after; j++) out[o++] = 0;
  }
}

/** The items of x [rows, length, width] at `indices`. out [rows, indices, width] */
export function gatherList(
  out: Float32Array,
  x: Float32Array,
  rows: number,
  length: number,
  indices: readonly number[],
  width: number,
): void {
  for (let r = 0, o = 0; r < rows; r++) {
    for (let k = 0; k < indices.length; k++) {
      let i = (r * length + indices[k]!) * width;
      for (let j = 0; j < width; j++) out[o++] = x[i++]!;
    }
  }
}

/** Adds each item of x [rows, indices, width] at its index among `length`. out [rows, length, width] */
export function scatterList(
  out: Float32Array,
  x: Float32Array,
  rows: number,
  length: number,
  indices: readonly number[],
  width: number,
): void {
  out.fill(0, 0, rows * length * width);
  for (let r = 0, i = 0; r < rows; r++) {
    for (let k = 0; k < indices.length; k++) {
      let o = (r * length + indices[k]!) * width;
      for (let j = 0; j < width; j++, o++) out[o] = out[o]! + x[i++]!;
    }
  }
}

/** Each row's x [a, b] as [b, a]. x, out [rows, a × b] */
export function transpose(out: Float32Array, x: Float32Array, rows: number, a: number, b: number): void {
  for (let r = 0, o = 0; r < rows; r++) {
    for (let j = 0; j < b; j++) {
      for (let k = 0, i = r * a * b + j; k < a; k++, i += b) out[o++] = x[i]!;
    }
  }
}
