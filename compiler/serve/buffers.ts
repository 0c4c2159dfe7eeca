// Buffers that are kept between requests and grow for longer ones.

/** Placeholders before the first request. */
export const NO_FLOATS: Float32Array = new Float32Array(0);

export const NO_INTEGERS: Int32Array = new Int32Array(0);

export const zeros = (length: number): Float32Array => new Float32Array(length);

/** `buffer`, or a larger one if it holds fewer than `length` numbers. Its content is not kept. */
export function floats(buffer: Float32Array, length: number): Float32Array {
  return buffer.length >= length ? buffer : new Float32Array(Math.max(length, 2 * buffer.length));
}

export function integers(buffer: Int32Array, length: number): Int32Array {
  return buffer.length >= length ? buffer : new Int32Array(Math.max(length, 2 * buffer.length));
}

/** The same, and a larger one begins with the content of `buffer`. */
export function longerFloats(buffer: Float32Array, length: number): Float32Array {
  const longer = floats(buffer, length);
  if (longer !== buffer) longer.set(buffer);
  return longer;
}

export function longerIntegers(buffer: Int32Array, length: number): Int32Array {
  const longer = integers(buffer, length);
  if (longer !== buffer) longer.set(buffer);
  return longer;
}

/** The rows of a value while candidates are scored: few enough that values stay in the cache. */
const CANDIDATE_ROWS = 256;

/**
 * The number of candidates to score together if each has `steps` steps. At least one; multiples of four fill
 * the tiles.
 */
export function candidatesAtATime(steps: number): number {
  const fitting = Math.max(1, Math.floor(CANDIDATE_ROWS / Math.max(1, steps)));
  return fitting < 4 ? fitting : fitting - (fitting % 4);
}
