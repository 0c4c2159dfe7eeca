// Seeded random numbers, the same on every machine: xoshiro128** (Blackman & Vigna 2018), its state filled by
// splitmix32. Each use draws from its own stream, so a new use does not change the numbers of the others.

import { normalQuantile } from "./normal-quantile.ts";

const TWO_32 = 4294967296;
const TWO_24 = 16777216;

export class Random {
  private a: number;
  private b: number;
  private c: number;
  private d: number;
  /** The second number of the last pair computed by `normal`. */
  private spare: number | null = null;

  /** Uses all 53 bits of a whole `seed`. */
  constructor(seed: number) {
    const next = splitmix32(folded(seed));
    this.a = next();
    this.b = next();
    this.c = next();
    this.d = next();
  }

  /** The stream of `seed` for one purpose: `Random.of(2026, "table item_id")`. */
  static of(seed: number, purpose: string): Random {
    let hash = 0x811c9dc5;
    for (let i = 0; i < purpose.length; i++) hash = Math.imul(hash ^ purpose.charCodeAt(i), 0x01000193);
    return new Random((Math.imul(folded(seed), 0x85ebca6b) ^ hash) >>> 0);
  }

  /** Uniform in 0 … 2³² − 1. */
  bits(): number {
    const product = Math.imul(this.b, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
    const shifted = this.b << 9;
    this.c ^= this.a;
    this.d ^= this.b;
    this.b ^= this.c;
    this.a ^= this.d;
    this.c ^= shifted;
    this.d = (this.d << 11) | (this.d >>> 21);
    return result;
  }

  /** Uniform in [0, 1), a multiple of 2⁻³². */
  next(): number {
    return this.bits() / TWO_32;
  }

  /** Uniform in 0 … n − 1 without bias; n is 1 … 2³². */
  integer(n: number): number {
    const limit = TWO_32 - (TWO_32 % n);
    let bits = this.bits();
    while (bits >= limit) bits = this.bits();
    return bits % n;
  }

  /**
   * Fills `out` with numbers uniform in [0, 1), multiples of 2⁻²⁴, so that none is rounded to 1. Repeats
   * `bits` with the state in variables, which halves the time: noise takes many numbers.
   */
  uniform(out: Float32Array): Float32Array {
    let { a, b, c, d } = this;
    for (let i = 0; i < out.length; i++) {
      const product = Math.imul(b, 5);
      const bits = Math.imul((product << 7) | (product >>> 25), 9);
      const shifted = b << 9;
      c ^= a;
      d ^= b;
      b ^= c;
      a ^= d;
      c ^= shifted;
      d = (d << 11) | (d >>> 21);
      out[i] = (bits >>> 8) / TWO_24;
    }
    [this.a, this.b, this.c, this.d] = [a, b, c, d];
    return out;
  }

  /** Fills `out` with numbers uniform in 0 … 1 without both ends: odd multiples of 2⁻²⁴, whose mean is ½. */
  betweenZeroAndOne(out: Float32Array): Float32Array {
    for (let i = 0; i < out.length; i++) out[i] = (2 * (this.bits() >>> 9) + 1) / TWO_24;
    return out;
  }

  /** Fills `out` with standard normal numbers: the quantiles of odd multiples of 2⁻³³, the same bits on every machine. */
  normals(out: Float32Array): Float32Array {
    for (let i = 0; i < out.length; i++) out[i] = normalQuantile((this.bits() + 0.5) / TWO_32);
    return out;
  }

  /**
   * Fills `out` with whole numbers uniform in 0 … n − 1, with a bias of at most n · 2⁻³². Fast for many
   * numbers, like `uniform`.
   */
  integers(out: Uint32Array, n: number): Uint32Array {
    let { a, b, c, d } = this;
    for (let i = 0; i < out.length; i++) {
      const product = Math.imul(b, 5);
      const bits = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
      const shifted = b << 9;
      c ^= a;
      d ^= b;
      b ^= c;
      a ^= d;
      c ^= shifted;
      d = (d << 11) | (d >>> 21);
      out[i] = (bits / TWO_32) * n;
    }
    [this.a, this.b, this.c, this.d] = [a, b, c, d];
    return out;
  }

  /** The numbers 0 … n − 1 in a random order, uniformly. */
  order(n: number): Int32Array {
    return this.shuffled(new Int32Array(n));
  }

  /** Fills `order` with 0 … n − 1 in a random order, uniformly (Fisher–Yates). */
  shuffled(order: Int32Array): Int32Array {
    for (let i = 0; i < order.length; i++) order[i] = i;
    return this.shuffle(order);
  }

  /** Shuffles `order` uniformly. */
  shuffle(order: Int32Array): Int32Array {
    for (let i = order.length - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      const swapped = order[i]!;
      order[i] = order[j]!;
      order[j] = swapped;
    }
    return order;
  }

  /** Standard normal, by Marsaglia's polar method. */
  normal(): number {
    if (this.spare !== null) {
      const spare = this.spare;
      this.spare = null;
      return spare;
    }
    let x: number;
    let y: number;
    let square: number;
    do {
      x = 2 * this.next() - 1;
      y = 2 * this.next() - 1;
      square = x * x + y * y;
    } while (square >= 1 || square === 0);
    const factor = Math.sqrt((-2 * Math.log(square)) / square);
    this.spare = y * factor;
    return x * factor;
  }
}

/** Folds the 53 bits of a seed into 32. */
function folded(seed: number): number {
  return seed ^ Math.imul(Math.floor(seed / TWO_32), 0x9e3779b1);
}

function splitmix32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return mixed ^ (mixed >>> 15);
  };
}
