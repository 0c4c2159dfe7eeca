// Flips single bits of a file, for tests that check whether this is detected.

import { Random } from "../../compiler/common/random.ts";

/** The position of a byte, and one of its bits. */
export type Bit = readonly [at: number, bit: number];

export function everyBit(bytes: Uint8Array): Bit[] {
  return Array.from({ length: 8 * bytes.length }, (_, i) => [i >> 3, 1 << (i & 7)] as const);
}

/** `count` random bits between two positions. */
export function someBits(bytes: Uint8Array, count: number, from = 0, to = bytes.length): Bit[] {
  const random = Random.of(1, "bits to change");
  return Array.from(
    { length: count },
    () => [from + random.integer(to - from), 1 << random.integer(8)] as const,
  );
}
