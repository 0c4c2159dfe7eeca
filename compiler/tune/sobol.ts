// Sobol's sequence: points that fill a cube evenly, for any number of them. The direction numbers are those
// of Joe and Kuo (2008, new-joe-kuo-6). A random digital shift gives each seed another sequence, equally even
// (Owen 1995).

import { invariant } from "../common/internal-error.ts";
import { Random } from "../common/random.ts";

const BITS = 32;
const TWO_32 = 4294967296;

/**
 * By dimension from the second on: the degree and the coefficients of its primitive polynomial, and the first
 * direction numbers.
 */
const directions: readonly (readonly [degree: number, coefficients: number, first: readonly number[]])[] = [
  [1, 0, [1]],
  [2, 1, [1, 3]],
  [3, 1, [1, 3, 1]],
  [3, 2, [1, 1, 1]],
  [4, 1, [1, 1, 3, 3]],
  [4, 4, [1, 3, 5, 13]],
  [5, 2, [1, 1, 5, 5, 17]],
  [5, 4, [1, 1, 5, 5, 5]],
  [5, 7, [1, 1, 7, 11, 19]],
  [5, 11, [1, 1, 5, 1, 1]],
  [5, 13, [1, 1, 1, 3, 11]],
  [5, 14, [1, 3, 5, 5, 31]],
  [6, 1, [1, 3, 3, 9, 7, 49]],
  [6, 13, [1, 1, 1, 15, 21, 21]],
  [6, 16, [1, 3, 1, 13, 27, 49]],
];

/** The most values that can be searched at a time. */
export const MOST_DIMENSIONS = directions.length + 1;

/** Point number `index`, from 0, of the sequence for a seed: numbers in [0, 1). */
export function sobolPoint(index: number, dimensions: number, seed: number): number[] {
  invariant(dimensions <= MOST_DIMENSIONS, `Sobol's sequence has ${dimensions} dimensions`);
  const shift = Random.of(seed, "sobol");
  return Array.from({ length: dimensions }, (_, dimension) => {
    const numbers = directionNumbers(dimension);
    let bits = 0;
    for (let bit = 0, rest = index; rest > 0; bit++, rest = Math.floor(rest / 2))
      if (rest % 2 === 1) bits ^= numbers[bit]!;
    return ((bits ^ shift.bits()) >>> 0) / TWO_32;
  });
}

const known = new Map<number, Uint32Array>();

function directionNumbers(dimension: number): Uint32Array {
  const found = known.get(dimension);
  if (found !== undefined) return found;
  const numbers = new Uint32Array(BITS);
  if (dimension === 0) for (let i = 0; i < BITS; i++) numbers[i] = 2 ** (BITS - 1 - i);
  else {
    const [degree, coefficients, first] = directions[dimension - 1]!;
    for (let i = 0; i < BITS; i++) {
      if (i < degree) {
        numbers[i] = first[i]! * 2 ** (BITS - 1 - i);
        continue;
      }
      let number = numbers[i - degree]! ^ (numbers[i - degree]! >>> degree);
      for (let k = 1; k < degree; k++) if ((coefficients >>> (degree - 1 - k)) & 1) number ^= numbers[i - k]!;
      numbers[i] = number >>> 0;
    }
  }
  known.set(dimension, numbers);
  return numbers;
}
