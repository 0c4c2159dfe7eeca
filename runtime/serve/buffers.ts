// Buffers that are kept from request to request and grow when a longer one comes.

/** `buffer`, or a larger one where it holds fewer than `length` numbers. What it held is not kept. */
export function floats(buffer: Float32Array, length: number): Float32Array {
  return buffer.length >= length ? buffer : new Float32Array(Math.max(length, 2 * buffer.length));
}

export function integers(buffer: Int32Array, length: number): Int32Array {
  return buffer.length >= length ? buffer : new Int32Array(Math.max(length, 2 * buffer.length));
}

/** Rows that one value may have while candidates are scored: few enough that values stay in the cache. */
const ROWS_AT_A_TIME = 256;

/** How many candidates are scored together when each meets `steps` steps. At least one, and pairs fill the tiles. */
export function candidatesAtATime(steps: number): number {
  return Math.max(2, 2 * Math.floor(ROWS_AT_A_TIME / 2 / Math.max(1, steps)));
}
