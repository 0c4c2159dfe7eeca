// Buffers that are kept from request to request and grow when a longer one comes.

/** Until there is something. */
export const NO_FLOATS: Float32Array = new Float32Array(0);

export const NO_INTEGERS: Int32Array = new Int32Array(0);

export const zeros = (length: number): Float32Array => new Float32Array(length);

/** `buffer`, or a larger one where it holds fewer than `length` numbers. What it held is not kept. */
export function floats(buffer: Float32Array, length: number): Float32Array {
  return buffer.length >= length ? buffer : new Float32Array(Math.max(length, 2 * buffer.length));
}

export function integers(buffer: Int32Array, length: number): Int32Array {
  return buffer.length >= length ? buffer : new Int32Array(Math.max(length, 2 * buffer.length));
}

/** Rows that one value may have while candidates are scored: few enough that values stay in the cache. */
const CANDIDATE_ROWS = 256;

/** How many candidates are scored together when each meets `steps` steps. At least one, and fours fill the tiles. */
export function candidatesAtATime(steps: number): number {
  const fitting = Math.max(1, Math.floor(CANDIDATE_ROWS / Math.max(1, steps)));
  return fitting < 4 ? fitting : fitting - (fitting % 4);
}
