// Turns a raw number into an input of the net: a number, or the id of a bucket. Training reads its rows with these classes
// and generated code contains them, so the same raw number means the same thing in both.

import { FIRST_KNOWN_ID, type IdSpace, NOT_AN_ID } from "./features.ts";

/**
 * Tells whether a 32-bit float can hold a number. Any other is infinite in a network, before or after the
 * transforms.
 */
export function isInRange(x: number): boolean {
  return Number.isFinite(Math.fround(x));
}

/** One transform of a number, with its fitted values. In f64. */
export interface NumberStep {
  /** NaN if the number is outside its domain. */
  apply(x: number): number;
  /** For messages: the condition on `x` that is violated if `apply` returns NaN. */
  readonly requires: string;
}

/** ln(1 + x), for numbers that are not negative. */
export function log1p(): NumberStep {
  return {
    apply: (x) => (x < 0 ? Number.NaN : Math.log1p(x)),
    requires: "must not be negative (log1p)",
  };
}

/** (x − mean) / deviation. */
export function standardize(mean: number, deviation: number): NumberStep {
  return { apply: (x) => (x - mean) / deviation, requires: "must be a number" };
}

/** (x − least) / range: 0 … 1 on the training rows, outside that range beyond them. */
export function minMax(least: number, range: number): NumberStep {
  return { apply: (x) => (x - least) / range, requires: "must be a number" };
}

/** Clamps to low … high. */
export function clip(low: number, high: number): NumberStep {
  return { apply: (x) => Math.min(Math.max(x, low), high), requires: "must be a number" };
}

/**
 * A number feature: its transforms, and the number that replaces a missing value, or NaN if that is an error.
 */
export class Numbers {
  private readonly steps: readonly NumberStep[];
  private readonly missing: number;

  constructor(steps: readonly NumberStep[], missing = Number.NaN) {
    this.steps = steps;
    this.missing = missing;
  }

  /** The network's input, or NaN if `value` is not accepted (see `whyNot`). */
  numberOf(value: unknown): number {
    return Math.fround(this.exact(value));
  }

  /** The same before rounding to 32 bits. */
  exact(value: unknown): number {
    let x = this.raw(value);
    if (!isInRange(x)) return Number.NaN;
    for (let i = 0; i < this.steps.length; i++) x = this.steps[i]!.apply(x);
    return isInRange(x) ? x : Number.NaN;
  }

  /** For messages: why a value is not accepted. */
  whyNot(value: unknown): string {
    if (value === undefined) return "is missing";
    if (typeof value !== "number") return "must be a number";
    if (!Number.isFinite(value)) return `must be finite, not ${value}`;
    if (!isInRange(value)) return `is ${value}, out of the range of 32-bit floats`;
    let x = value;
    for (let i = 0; i < this.steps.length; i++) {
      const step = this.steps[i]!;
      x = step.apply(x);
      if (Number.isNaN(x))
        return i === 0
          ? `${step.requires}, but is ${value}`
          : `is ${value}, which ${step.requires} when it is transformed`;
    }
    return `is ${value}, which its transforms take out of the range of 32-bit floats`;
  }

  private raw(value: unknown): number {
    if (typeof value === "number") return value;
    return value === null || value === undefined ? this.missing : Number.NaN;
  }
}

/**
 * The buckets of numbers: the first is below all bounds, the i-th from bound i − 1 up to, but not including,
 * bound i.
 */
export class Buckets implements IdSpace {
  readonly known: number;
  private readonly numbers: Numbers;
  /** Ascending. */
  private readonly bounds: readonly number[];

  constructor(numbers: Numbers, bounds: readonly number[]) {
    this.known = bounds.length + 1;
    this.numbers = numbers;
    this.bounds = bounds;
  }

  idOf(value: unknown): number {
    const x = this.numbers.exact(value);
    if (Number.isNaN(x)) return NOT_AN_ID;
    let low = 0;
    let high = this.bounds.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.bounds[middle]! <= x) low = middle + 1;
      else high = middle;
    }
    return FIRST_KNOWN_ID + low;
  }

  whyNot(value: unknown): string {
    return this.numbers.whyNot(value);
  }
}

/** A feature whose values are `width` numbers each. */
export interface NumbersSpace {
  readonly width: number;
  /**
   * Writes the numbers of `value` to `out`, from index `at` on; returns false if it is not accepted (see
   * `whyNot`).
   */
  read(value: unknown, out: Float32Array, at: number): boolean;
  /** For messages: why a value is not accepted. */
  whyNot(value: unknown): string;
}

/**
 * A vector feature: its size, and the number that fills a missing vector. NaN: a missing vector is an error.
 */
export class Vectors implements NumbersSpace {
  readonly width: number;
  private readonly missing: number;

  constructor(width: number, missing = Number.NaN) {
    this.width = width;
    this.missing = missing;
  }

  read(value: unknown, out: Float32Array, at: number): boolean {
    if (value === null || value === undefined) {
      out.fill(this.missing, at, at + this.width);
      return Number.isFinite(this.missing);
    }
    if (!isVector(value) || value.length !== this.width) return false;
    for (let i = 0; i < this.width; i++) {
      const x: unknown = value[i];
      if (typeof x !== "number" || !isInRange(x)) return false;
      out[at + i] = x;
    }
    return true;
  }

  whyNot(value: unknown): string {
    if (value === undefined) return "is missing";
    if (!isVector(value)) return `must be an array of ${this.width} numbers`;
    if (value.length !== this.width) return `must have ${this.width} numbers, but has ${value.length}`;
    for (let i = 0; i < this.width; i++) {
      const x: unknown = value[i];
      if (typeof x !== "number") return `must hold numbers, but [${i}] is none`;
      if (!Number.isFinite(x)) return `must hold finite numbers, but [${i}] is ${x}`;
      if (!isInRange(x)) return `must hold numbers in the range of 32-bit floats, but [${i}] is ${x}`;
    }
    return "is not accepted";
  }
}

export function isVector(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || value instanceof Float32Array || value instanceof Float64Array;
}
