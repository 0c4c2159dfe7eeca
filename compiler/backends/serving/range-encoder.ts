// Writes decisions as the bytes that `RangeDecoder` reads.

import { type BitCoder, learn, PROBABILITY_BITS, RANGE_LIMIT } from "../../serve/range-coder.ts";

export class RangeEncoder implements BitCoder {
  private bytes = new Uint8Array(1024);
  private length = 0;
  private low = 0;
  private range = 2 ** 32 - 1;
  /** The byte that a carry may still change, then as many bytes of 255. */
  private held = 0;
  private heldCount = 1;

  bit(probabilities: Uint16Array, at: number, bit: number): number {
    this.decide((this.range >>> PROBABILITY_BITS) * probabilities[at]!, bit);
    learn(probabilities, at, bit);
    return bit;
  }

  evenBit(bit: number): number {
    this.decide(this.range >>> 1, bit);
    return bit;
  }

  /** All bytes; after it, nothing can be written. */
  end(): Uint8Array {
    for (let i = 0; i < 5; i++) this.shift();
    return this.bytes.subarray(0, this.length);
  }

  private decide(bound: number, bit: number): void {
    if (bit === 0) this.range = bound;
    else {
      this.low += bound;
      this.range -= bound;
    }
    while (this.range < RANGE_LIMIT) {
      this.range *= 256;
      this.shift();
    }
  }

  private shift(): void {
    if (this.low < 0xff000000 || this.low >= 2 ** 32) {
      const carry = this.low >= 2 ** 32 ? 1 : 0;
      this.push(this.held + carry);
      while (--this.heldCount > 0) this.push(255 + carry);
      this.held = Math.floor(this.low / 2 ** 24) % 256;
      this.heldCount = 0;
    }
    this.heldCount++;
    this.low = (this.low % 2 ** 24) * 256;
  }

  private push(byte: number): void {
    if (this.length === this.bytes.length) {
      const longer = new Uint8Array(2 * this.length);
      longer.set(this.bytes);
      this.bytes = longer;
    }
    this.bytes[this.length++] = byte;
  }
}
