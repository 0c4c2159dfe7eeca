// Draws items that a user never touched, uniformly over all items.

import { Random } from "../../../compiler/common/random.ts";

export class NegativeSampler {
  private readonly items: number;
  private readonly random: Random;
  /** By item: the last user who touched it, plus 1. */
  private readonly touchedBy: Int32Array;
  private user = -1;
  private touched = 0;
  /** The untouched items of this user; only made if most draws would fail. */
  private rest: Int32Array | null = null;

  constructor(items: number, seed: number, purpose: string) {
    this.items = items;
    this.random = Random.of(seed, purpose);
    this.touchedBy = new Int32Array(items);
  }

  /**
   * Begins with a user. `touched` gives the numbers of all items that they ever touched. Each user comes
   * once.
   */
  enter(user: number, touched: Iterable<number>): void {
    this.user = user;
    this.touched = 0;
    this.rest = null;
    for (const item of touched) {
      if (this.touchedBy[item] === user + 1) continue;
      this.touchedBy[item] = user + 1;
      this.touched += 1;
    }
  }

  /** The number of items to draw from. */
  get untouched(): number {
    return this.items - this.touched;
  }

  draw(): number {
    if (2 * this.touched > this.items) {
      this.rest ??= this.untouchedItems();
      return this.rest[this.random.integer(this.rest.length)]!;
    }
    for (;;) {
      const item = this.random.integer(this.items);
      if (this.touchedBy[item] !== this.user + 1) return item;
    }
  }

  private untouchedItems(): Int32Array {
    const rest = new Int32Array(this.untouched);
    for (let item = 0, i = 0; item < this.items; item++)
      if (this.touchedBy[item] !== this.user + 1) rest[i++] = item;
    return rest;
  }
}
