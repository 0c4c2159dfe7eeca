// Codes of vectors: residual k-means, and the ids that encoders make of it, against plain references.

import fc from "fast-check";
import { expect, test } from "vitest";
import { Random } from "../../compiler/common/random.ts";
import { fitCodebooks, sampleSize } from "../../compiler/frontend/kinds/codebooks.ts";
import { VectorList } from "../../compiler/frontend/kinds/vector-list.ts";
import { CodeSet, Codes, nearestCentroid, squaredDistance } from "../../compiler/serve/codes.ts";
import { crossId } from "../../compiler/serve/hashing.ts";
import { Vectors } from "../../compiler/serve/numbers.ts";

type Shape = Parameters<typeof fitCodebooks>[0];

function shape(width: number, levels: number, of: number): Shape {
  return { kind: "codes", width, missing: null, levels, of, prefixes: null };
}

/** Vectors around `groups` centres. */
function grouped(count: number, width: number, groups: number, seed = 1): Float32Array[] {
  const random = new Random(seed);
  const centres = Array.from({ length: groups }, () =>
    Array.from({ length: width }, () => 4 * random.normal()),
  );
  return Array.from({ length: count }, (_, i) =>
    Float32Array.from(centres[i % groups]!, (x) => x + random.normal()),
  );
}

function listOf(vectors: readonly Float32Array[]): VectorList {
  const list = new VectorList(vectors[0]!.length);
  for (const vector of vectors) list.add(vector);
  return list;
}

function fitted(kind: Shape, vectors: readonly Float32Array[]): number[][] {
  const list = listOf(vectors);
  return fitCodebooks(
    kind,
    list,
    Array.from({ length: list.size }, (_, i) => i),
    () => {},
  );
}

/** The four sums of every fourth term, in their order. */
function plainDistance(x: readonly number[], y: readonly number[]): number {
  const sums = [0, 1, 2, 3].map((j) =>
    x.reduce((sum, each, i) => (i % 4 === j ? sum + (each - y[i]!) * (each - y[i]!) : sum), 0),
  );
  return sums[0]! + sums[1]! + (sums[2]! + sums[3]!);
}

function rowsOf(level: readonly number[], width: number): number[][] {
  return Array.from({ length: level.length / width }, (_, k) => level.slice(k * width, (k + 1) * width));
}

/** The codes of a vector, and the vector without its centroids. */
function plainCodes(vector: Float32Array, levels: readonly number[][]): { codes: number[]; rest: number[] } {
  let rest = [...vector];
  const codes = levels.map((level) => {
    const rows = rowsOf(level, vector.length);
    const distances = rows.map((row) => plainDistance(rest, row));
    const code = distances.indexOf(Math.min(...distances));
    rest = rest.map((x, i) => x - rows[code]![i]!);
    return code;
  });
  return { codes, rest };
}

const number = fc.float({ noNaN: true, noDefaultInfinity: true, min: -8, max: 8 });
const anyVectors = fc
  .record({ width: fc.integer({ min: 1, max: 37 }), levels: fc.integer({ min: 1, max: 4 }) })
  .chain(({ width, levels }) => {
    const row = fc.array(number, { minLength: width, maxLength: width });
    const level = fc.array(row, { minLength: 1, maxLength: 6 }).map((rows) => rows.flat());
    return fc.record({
      vector: row.map((x) => Float32Array.from(x)),
      levels: fc.array(level, { minLength: levels, maxLength: levels }),
    });
  });

test("codes are those of the plain definition", () => {
  fc.assert(
    fc.property(anyVectors, ({ vector, levels }) => {
      const codes = new Codes(new Vectors(vector.length), levels, 6, 0);
      const expected = plainCodes(vector, levels).codes.map((code, level) => 2 + 6 * level + code);
      expect(codes.idsOf(vector)).toEqual(expected);
    }),
  );
});

test("of equal distances the first wins, whatever the guess", () => {
  const centroids = Float64Array.from([5, 1, -1, 1]);
  for (const guess of [0, 1, 2, 3])
    expect(nearestCentroid(Float64Array.of(0), 0, centroids, 1, guess)).toBe(1);
});

test("a distance beyond the limit may end early, and is then beyond the limit", () => {
  fc.assert(
    fc.property(fc.array(number, { minLength: 1, maxLength: 60 }), number, (x, y) => {
      const at = Float64Array.from(x);
      const from = new Float64Array(x.length).fill(y);
      const whole = squaredDistance(at, 0, from, 0, x.length, Number.POSITIVE_INFINITY);
      expect(whole).toBe(plainDistance(x, [...from]));
      for (const limit of [whole / 2, whole, 2 * whole]) {
        const found = squaredDistance(at, 0, from, 0, x.length, limit);
        expect(found > limit).toBe(whole > limit);
        if (whole <= limit) expect(found).toBe(whole);
      }
    }),
  );
});

test("ids of prefixes are hashes of the codes so far, as of a cross", () => {
  const vectors = grouped(60, 5, 4);
  const levels = fitted(shape(5, 3, 4), vectors);
  const codes = new Codes(new Vectors(5), levels, 4, 1000);
  expect(codes.known).toBe(1000);
  for (const vector of vectors) {
    const parts = plainCodes(vector, levels).codes.map((code) => 2 + code);
    expect(codes.idsOf(vector)).toEqual(parts.map((_, level) => crossId(1000, ...parts.slice(0, level + 1))));
  }
});

test("two levels may share the row of a prefix, which then counts twice", () => {
  const vectors = grouped(60, 5, 4);
  const set = new CodeSet(new Codes(new Vectors(5), fitted(shape(5, 3, 4), vectors), 4, 1), 3, 0);
  const values = set.valuesOf([...vectors[0]!])!;
  expect(new Set(values).size).toBe(3);
  expect(values.map((value) => set.space.idOf(value))).toEqual([2, 2, 2]);
});

test("a vector is refused like one without codes, and a missing one may be unknown", () => {
  const codes = new Codes(new Vectors(2), fitted(shape(2, 1, 2), grouped(9, 2, 3)), 2, 0);
  for (const bad of [null, [1], [1, Number.NaN], "1 2", [1, 1e39]]) {
    const set = new CodeSet(codes, 1, 0);
    expect(set.valuesOf(bad)).toBeNull();
    expect(set.whyNot(bad)).toBe(new Vectors(2).whyNot(bad));
  }
  expect(new CodeSet(codes, 1, 1).valuesOf(null)).toEqual([1]);
});

test("each further level leaves less of the vectors", () => {
  const vectors = grouped(400, 8, 10);
  const levels = fitted(shape(8, 4, 8), vectors);
  const left = (count: number) =>
    vectors.reduce(
      (sum, vector) => plainCodes(vector, levels.slice(0, count)).rest.reduce((s, x) => s + x * x, sum),
      0,
    );
  const distortions = [0, 1, 2, 3, 4].map(left);
  for (let i = 1; i < distortions.length; i++) expect(distortions[i]).toBeLessThan(0.9 * distortions[i - 1]!);
});

test("clusters far apart are found", () => {
  const vectors = grouped(300, 6, 5).map((vector) => vector.map((x) => 100 * Math.round(x / 4)));
  const distinct = new Set(vectors.map((vector) => vector.join()));
  const [level] = fitted(shape(6, 1, distinct.size), vectors);
  expect(new Set(rowsOf(level!, 6).map((row) => row.join()))).toEqual(distinct);
});

test("the order of rows and repeated vectors change nothing", () => {
  const vectors = grouped(200, 7, 6);
  const kind = shape(7, 3, 8);
  const expected = fitted(kind, vectors);
  expect(fitted(kind, [...vectors].reverse())).toEqual(expected);
  expect(fitted(kind, [...vectors, ...vectors.slice(0, 90)])).toEqual(expected);
  expect(fitted(kind, vectors.slice(1))).not.toEqual(expected);
});

test("a level has as many centroids as there are different rests, at most", () => {
  const vectors = [0, 1, 2, 3].map((x) => Float32Array.of(x, 0));
  const levels = fitted(shape(2, 3, 4), vectors);
  // Each vector is a centroid of the first level, so that nothing is left for the others.
  expect(levels.map((level) => level.length / 2)).toEqual([4, 1, 1]);
  expect(levels[1]).toEqual([0, 0]);
});

test("levels are fitted on a sample of limited size, that of the smallest hashes", () => {
  expect(sampleSize({ width: 64, of: 256 })).toBe(65_536);
  expect(sampleSize({ width: 4096, of: 256 })).toBe(8192);
  const vectors = grouped(900, 2, 3);
  const list = listOf(vectors);
  const most = sampleSize({ width: 2, of: 2 });
  const byHash = Array.from({ length: list.size }, (_, i) => i).sort(
    (a, b) => list.hashAt(a) - list.hashAt(b),
  );
  const kept = byHash.slice(0, most).map((i) => list.at(i));
  expect(kept).toHaveLength(512);
  expect(fitted(shape(2, 2, 2), vectors)).toEqual(fitted(shape(2, 2, 2), kept));
});

test("a list has each vector once", () => {
  const vectors = grouped(5000, 3, 9);
  const list = new VectorList(3);
  const numbers = vectors.map((vector) => list.add(vector));
  expect(numbers).toEqual(vectors.map((_, i) => i));
  const copy = list.copy();
  copy.add(Float32Array.of(1, 2, 3));
  expect([list.size, copy.size]).toEqual([5000, 5001]);
  for (const [i, vector] of vectors.entries()) {
    expect(list.add(vector)).toBe(i);
    expect(list.at(i)).toEqual(vector);
  }
});
