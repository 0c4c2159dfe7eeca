// Fits the centroids of `codes` by residual k-means on distinct vectors, each of which counts once. The result
// depends on the set of vectors alone: not on the order of rows, a seed or the number of threads.

import { Random } from "../../common/random.ts";
import { nearestCentroid, squaredDistance, subtractCentroid } from "../../serve/codes.ts";
import type { KindOf } from "./define-kind.ts";

/** A level is fitted on at most this many vectors for each of its clusters. */
const VECTORS_PER_CLUSTER = 256;
/** A sample has at most this many numbers, 256 MB. */
const MOST_NUMBERS = 2 ** 25;
const ITERATIONS = 10;
/** The means have settled if at most this share of the vectors changes its cluster. */
const SETTLED = 0.002;

/** Vectors in any order, each with a hash of its numbers. */
export interface HashedVectors {
  readonly size: number;
  at(index: number): Float32Array;
  hashAt(index: number): number;
}

/** Seven digits, so that files with centroids are short. */
export function roundedNumber(x: number): number {
  return Number(x.toPrecision(7));
}

/** The number of vectors on which the levels are fitted, at most. */
export function sampleSize({ width, of }: Pick<KindOf<"codes">, "width" | "of">): number {
  return Math.max(of, Math.min(VECTORS_PER_CLUSTER * of, Math.floor(MOST_NUMBERS / width)));
}

/**
 * The centroids of each level, one after the other. A level has fewer than `of` if the rests of its vectors
 * have fewer different values. `report` is called before each level, from 1.
 */
export function fitCodebooks(
  { width, levels, of }: KindOf<"codes">,
  vectors: HashedVectors,
  indices: readonly number[],
  report: (level: number) => void,
): number[][] {
  const sample = sampled(vectors, indices, sampleSize({ width, of }));
  const rests = new Float64Array(sample.length * width);
  for (const [i, index] of sample.entries()) rests.set(vectors.at(index), i * width);
  return Array.from({ length: levels }, (_, level) => {
    report(level + 1);
    const centroids = clustered(rests, width, of, Random.of(level, "codes"));
    for (let at = 0; at < rests.length; at += width)
      subtractCentroid(rests, at, centroids, nearestCentroid(rests, at, centroids, width), width);
    return Array.from(centroids);
  });
}

/** The `most` vectors with the smallest hashes, in the order of their hashes and numbers. */
function sampled(vectors: HashedVectors, indices: readonly number[], most: number): readonly number[] {
  const order = [...indices].sort((a, b) => {
    const difference = vectors.hashAt(a) - vectors.hashAt(b);
    return difference !== 0 ? difference : compared(vectors.at(a), vectors.at(b));
  });
  return order.slice(0, most);
}

function compared(a: Float32Array, b: Float32Array): number {
  const i = a.findIndex((x, at) => x !== b[at]);
  return i < 0 ? 0 : a[i]! - b[i]!;
}

/** Lloyd's algorithm from the start of k-means++. A cluster that loses all points keeps its centroid. */
function clustered(points: Float64Array, width: number, most: number, random: Random): Float64Array {
  const centroids = started(points, width, most, random);
  const nearest = new Int32Array(points.length / width);
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    let changed = 0;
    for (let i = 0; i < nearest.length; i++) {
      const k = nearestCentroid(points, i * width, centroids, width, nearest[i]);
      if (k !== nearest[i]) changed += 1;
      nearest[i] = k;
    }
    if (iteration > 0 && changed <= SETTLED * nearest.length) break;
    moveToMeans(centroids, points, nearest, width);
  }
  return centroids;
}

/**
 * k-means++ (Arthur & Vassilvitskii 2007): each centroid is one of the points, drawn by its squared distance to
 * the nearest one before it.
 */
function started(points: Float64Array, width: number, most: number, random: Random): Float64Array {
  const count = points.length / width;
  const found: number[] = [];
  const distances = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
  for (let next = random.integer(count); next >= 0 && found.length < most; next = drawn(distances, random)) {
    found.push(next);
    for (let i = 0; i < count; i++) {
      const distance = squaredDistance(points, i * width, points, next * width, width, distances[i]!);
      if (distance < distances[i]!) distances[i] = distance;
    }
  }
  const centroids = new Float64Array(found.length * width);
  for (const [k, i] of found.entries())
    for (let at = 0; at < width; at++) centroids[k * width + at] = roundedNumber(points[i * width + at]!);
  return centroids;
}

/** An index, drawn by weight; −1 if all weights are 0. */
function drawn(weights: Float64Array, random: Random): number {
  let sum = 0;
  for (const weight of weights) sum += weight;
  if (sum === 0) return -1;
  let left = random.next() * sum;
  let last = -1;
  for (let i = 0; i < weights.length; i++) {
    if (weights[i] === 0) continue;
    last = i;
    left -= weights[i]!;
    if (left < 0) break;
  }
  return last;
}

function moveToMeans(
  centroids: Float64Array,
  points: Float64Array,
  nearest: Int32Array,
  width: number,
): void {
  const sums = new Float64Array(centroids.length);
  const counts = new Int32Array(centroids.length / width);
  for (let i = 0; i < nearest.length; i++) {
    const k = nearest[i]!;
    counts[k]! += 1;
    for (let at = 0; at < width; at++) sums[k * width + at]! += points[i * width + at]!;
  }
  for (let k = 0; k < counts.length; k++)
    for (let at = k * width; at < (k + 1) * width; at++)
      if (counts[k]! > 0) centroids[at] = roundedNumber(sums[at]! / counts[k]!);
}
