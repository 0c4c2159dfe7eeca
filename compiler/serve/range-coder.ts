// Adaptive binary coding: the decoder of a range coder, and numbers and bytes as decisions that it codes. The functions here
// work in both directions, so that a reader and a writer cannot differ: a decoder ignores the value that it is given.

import { RankerWeightsError } from "./weights.ts";

/** Codes one decision after the other. */
export interface BitCoder {
  /** Codes a bit with the probability at an index of `probabilities`, which learns from it. Returns the bit. */
  bit(probabilities: Uint16Array, at: number, bit: number): number;
  /** Codes a bit that is as good as random. */
  evenBit(bit: number): number;
}

/** Probabilities are of 2 ** 11. */
export const PROBABILITY_BITS = 11;
const LEARNING_SHIFT = 4;
/** Below it, a byte is shifted in or out. */
export const RANGE_LIMIT = 2 ** 24;

/** Probabilities of decisions, all even at first. */
export function evenProbabilities(count: number): Uint16Array {
  return new Uint16Array(count).fill(1 << (PROBABILITY_BITS - 1));
}

/** Makes the bit that was seen more likely. */
export function learn(probabilities: Uint16Array, at: number, bit: number): void {
  const probability = probabilities[at]!;
  probabilities[at] =
    bit === 0
      ? probability + (((1 << PROBABILITY_BITS) - probability) >> LEARNING_SHIFT)
      : probability - (probability >> LEARNING_SHIFT);
}

/** Reads what a range encoder wrote: as LZMA, by G. N. N. Martin (1979) and I. Pavlov. */
export class RangeDecoder implements BitCoder {
  private readonly bytes: Uint8Array;
  private at: number;
  private range = 2 ** 32 - 1;
  private code = 0;

  constructor(bytes: Uint8Array, at: number) {
    this.bytes = bytes;
    this.at = at;
    for (let i = 0; i < 5; i++) this.code = (this.code * 256 + this.next()) % 2 ** 32;
  }

  bit(probabilities: Uint16Array, at: number): number {
    const bit = this.decide((this.range >>> PROBABILITY_BITS) * probabilities[at]!);
    learn(probabilities, at, bit);
    return bit;
  }

  evenBit(): number {
    return this.decide(this.range >>> 1);
  }

  private decide(bound: number): number {
    const bit = this.code < bound ? 0 : 1;
    if (bit === 0) this.range = bound;
    else {
      this.code -= bound;
      this.range -= bound;
    }
    while (this.range < RANGE_LIMIT) {
      this.range *= 256;
      this.code = this.code * 256 + this.next();
    }
    return bit;
  }

  private next(): number {
    const byte = this.bytes[this.at++];
    if (byte === undefined) throw new RankerWeightsError("the patch was changed: its numbers end too early");
    return byte;
  }
}

/**
 * Codes the lowest `bits` bits of a value, the highest first: a decision depends on those before it. From
 * `first` on.
 */
export function codeBits(
  coder: BitCoder,
  probabilities: Uint16Array,
  first: number,
  bits: number,
  value: number,
): number {
  let node = 1;
  for (let i = bits - 1; i >= 0; i--)
    node = 2 * node + coder.bit(probabilities, first + node, (value >>> i) & 1);
  return node - (1 << bits);
}

const SIZES = 64;
const SIZE_BITS = 6;
/** The number of bits after the highest one whose probabilities are learned. */
const LEARNED_BITS = 3;

/**
 * Codes numbers from 0 to 2 ** 32 - 1: how many bits a number has, by the size that is expected, then these bits.
 * The size of the one before is expected, plus a shift.
 */
export class NumberCoder {
  private readonly sizes = evenProbabilities(SIZES * SIZES);
  private readonly leading = evenProbabilities(SIZES << LEARNED_BITS);
  private last = 0;

  code(coder: BitCoder, value: number, shift = 0): number {
    const expected = Math.max(0, Math.min(SIZES - 1, this.last + shift));
    const size = codeBits(coder, this.sizes, SIZES * expected, SIZE_BITS, 32 - Math.clz32(value));
    this.last = size;
    if (size < 2) return size;
    const leading = Math.min(size - 1, LEARNED_BITS);
    let rest = size - 1 - leading;
    const first = size << LEARNED_BITS;
    let coded = (1 << leading) + codeBits(coder, this.leading, first, leading, value >>> rest);
    while (rest-- > 0) coded = 2 * coded + coder.evenBit((value >>> rest) & 1);
    return coded;
  }
}

/** A whole number of either sign as one from 0: 0, -1, 1, -2, 2, … */
export function unsignedOf(value: number): number {
  return ((value << 1) ^ (value >> 31)) >>> 0;
}

export function signedOf(value: number): number {
  return (value >>> 1) ^ -(value & 1);
}
