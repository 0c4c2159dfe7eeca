// Encodes a vector as codes: level by level, the number of the nearest centroid, which is then subtracted.
// Training reads its rows with these classes and generated code contains them. Computed in 64 bits, each
// operation rounded by itself and in the order written here, so that every language finds the same codes.

import { FIRST_KNOWN_ID, type IdSpace, NOT_AN_ID, UNKNOWN_ID } from "./features.ts";
import { crossId } from "./hashing.ts";
import type { Vectors } from "./numbers.ts";
import type { SetSpace } from "./sets.ts";

/** The number of terms between two comparisons with `limit`. */
const TERMS = 16;

/**
 * The squared distance of the `width` numbers of `x` from index `at` on to those of `y` from `from` on, as four
 * sums, each of every fourth term. Returns early with a number above `limit` if the distance is.
 */
export function squaredDistance(
  x: Float64Array,
  at: number,
  y: Float64Array,
  from: number,
  width: number,
  limit: number,
): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let i = 0;
  for (; i + 4 <= width; i += 4) {
    if (i % TERMS === 0 && a + b + (c + d) > limit) return a + b + (c + d);
    const p = x[at + i]! - y[from + i]!;
    const q = x[at + i + 1]! - y[from + i + 1]!;
    const r = x[at + i + 2]! - y[from + i + 2]!;
    const s = x[at + i + 3]! - y[from + i + 3]!;
    a += p * p;
    b += q * q;
    c += r * r;
    d += s * s;
  }
  const p = i < width ? x[at + i]! - y[from + i]! : 0;
  const q = i + 1 < width ? x[at + i + 1]! - y[from + i + 1]! : 0;
  const r = i + 2 < width ? x[at + i + 2]! - y[from + i + 2]! : 0;
  a += p * p;
  b += q * q;
  c += r * r;
  return a + b + (c + d);
}

/**
 * The number of the centroid that is nearest to the `width` numbers of `x` from index `at` on; of several, the
 * first. `guess` is a centroid that is probably near.
 */
export function nearestCentroid(
  x: Float64Array,
  at: number,
  centroids: Float64Array,
  width: number,
  guess = 0,
): number {
  let best = guess;
  let least = squaredDistance(x, at, centroids, guess * width, width, Number.POSITIVE_INFINITY);
  for (let k = 0; k * width < centroids.length; k++) {
    const distance = squaredDistance(x, at, centroids, k * width, width, least);
    if (distance > least || (distance === least && k >= best)) continue;
    best = k;
    least = distance;
  }
  return best;
}

/** Subtracts a centroid from the `width` numbers of `x` from index `at` on. */
export function subtractCentroid(
  x: Float64Array,
  at: number,
  centroids: Float64Array,
  k: number,
  width: number,
): void {
  for (let i = 0; i < width; i++) x[at + i]! -= centroids[k * width + i]!;
}

/** Values of a set of codes are an id, and this times their level: two levels may share an id. */
const LEVEL = 2 ** 30;

/**
 * Codes of vectors as ids, one for each level. Each level has ids of its own; with `prefixes` buckets, the ids
 * of a level are hashes of the codes up to it.
 */
export class Codes implements IdSpace {
  readonly known: number;
  readonly vectors: Vectors;
  /** By level, one after the other. */
  private readonly centroids: readonly Float64Array[];
  /** The most centroids of a level. */
  private readonly of: number;
  private readonly prefixes: number;
  private readonly vector: Float32Array;
  private readonly rest: Float64Array;

  constructor(vectors: Vectors, centroids: readonly (readonly number[])[], of: number, prefixes: number) {
    this.vectors = vectors;
    this.centroids = centroids.map((level) => Float64Array.from(level));
    this.of = of;
    this.prefixes = prefixes;
    this.known = prefixes === 0 ? of * centroids.length : prefixes;
    this.vector = new Float32Array(vectors.width);
    this.rest = new Float64Array(vectors.width);
  }

  /** The ids of a vector, by level. */
  idsOf(vector: Float32Array): number[] {
    const { rest, prefixes, of } = this;
    const { width } = this.vectors;
    rest.set(vector);
    const codes: number[] = [];
    return this.centroids.map((centroids, level) => {
      const code = nearestCentroid(rest, 0, centroids, width);
      subtractCentroid(rest, 0, centroids, code, width);
      codes.push(FIRST_KNOWN_ID + code);
      return prefixes === 0 ? FIRST_KNOWN_ID + level * of + code : crossId(prefixes, ...codes);
    });
  }

  /** A value for each level of a raw vector; null if it is not one. */
  valuesOf(raw: unknown): readonly number[] | null {
    const { vector } = this;
    if (!this.vectors.read(raw, vector, 0)) return null;
    return this.idsOf(vector).map((id, level) => level * LEVEL + id);
  }

  idOf(value: unknown): number {
    return typeof value === "number" ? value % LEVEL : NOT_AN_ID;
  }

  whyNot(value: unknown): string {
    return this.vectors.whyNot(value);
  }
}

/** Vectors as sets of their codes. */
export class CodeSet implements SetSpace {
  readonly space: Codes;
  readonly max: number;
  private readonly missingIsUnknown: boolean;

  /** A missing vector counts as unknown if `optional` is 1. */
  constructor(space: Codes, max: number, optional: 0 | 1) {
    this.space = space;
    this.max = max;
    this.missingIsUnknown = optional === 1;
  }

  valuesOf(raw: unknown): readonly unknown[] | null {
    if (this.missingIsUnknown && (raw === null || raw === undefined)) return [UNKNOWN_ID];
    return this.space.valuesOf(raw);
  }

  whyNot(raw: unknown): string {
    return this.space.whyNot(raw);
  }
}
