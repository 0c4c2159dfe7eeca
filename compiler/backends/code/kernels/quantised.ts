// Matrix products in 16-bit integers, for `--mode fast`: half the instructions of f32. Each row of x and each
// column of w is divided by its own scale and rounded to whole numbers, whose products are summed exactly, in
// 32 bits.
//
// No sum overflows. With K numbers in a row, those of x are at most X = min(2¹⁵ − 1, ⌊√(2³¹ / K)⌋), and the
// scale of a column makes the sum of its |w| at most ⌊(2³¹ − 1) / X⌋ − K. Each is then rounded by at most ½,
// or 0.51 with what f32 adds, so that Σ |x w| ≤ X (⌊(2³¹ − 1) / X⌋ − K + 0.51 K) < 2³¹, and so is every
// partial sum.
//
// The largest error of a product, with sₓ = max |x| / X and s_w = max(Σ |w| / (⌊(2³¹ − 1) / X⌋ − K), max |w|
// / (2¹⁵ − 1)), where max |x| and max |w| count as 2⁻⁴⁰ at least: 0.51 (sₓ Σ |w| + s_w Σ |x|) + 0.27 K sₓ s_w
// + 2⁻²⁰ Σ |x w|. X is chosen so that the first two terms are about equal. tests/serve/wasm/quantised.test.ts
// checks both.

import type { FunctionBuilder, FunctionReference } from "../builder.ts";
import type { I32, LocalVariable, Vector, VectorVariable } from "../code.ts";
import { f32, i32, integers, sameInAllLanes, store, vector } from "../expressions.ts";
import { acrossLanes, addressAt, BYTES, eachVectorOfFour, load, save } from "../vectors.ts";
import { parametersOf } from "./gemm.ts";
import { bytesOfPanel, panelsInTurn } from "./panels.ts";
import { firstLanes, ROWS, transposed } from "./products.ts";

/** The vectors of weights that a loop multiplies at once. */
const VECTORS = 2;
const LARGEST = 2 ** 15 - 1;
/**
 * Smaller values are practically 0. The bound keeps products of two scales out of the subnormal range, which
 * is slow.
 */
const SMALLEST = 2 ** -40;
/**
 * 1.5 · 2²³: adding it to a number below 2²² rounds that to a whole number, which is then in the lowest bits.
 */
const ROUNDER = 12582912;
/** The float with the bits of 2¹⁶ − 1. */
const LOW_HALF = (2 ** 16 - 1) * 2 ** -149;
/** For narrower products, rounding costs what the products save. */
const LEAST_INNER = 16;
const LEAST_OUTER = 24;
/** For wider products, each number gets too few of the 16 bits. */
const MOST_INNER = 1024;

/** Tells whether a product is better computed in integers. */
export function isQuantised(inner: number, outer: number): boolean {
  return inner >= LEAST_INNER && inner <= MOST_INNER && outer >= LEAST_OUTER;
}

/** The largest numbers of x, and the largest sum of the absolute numbers of a column of w. */
export function rangesOf(inner: number): { readonly x: number; readonly sum: number } {
  const x = Math.min(LARGEST, Math.floor(Math.sqrt(2 ** 31 / inner)));
  return { x, sum: Math.floor((2 ** 31 - 1) / x) - inner };
}

/**
 * Numbers k and k + pairsOf(inner) of a row share a 32-bit word, as its low and its high half: then words are made of vectors
 * of any width, lane by lane. The last word of an odd row has no second number: the weights' half is 0 there.
 */
const pairsOf = (inner: number) => Math.ceil(inner / 2);
/** Words of a row of packed weights: its columns, rounded up to fours. */
const wordsOf = (outer: number) => 4 * Math.ceil(outer / 4);
/** Bytes of the words of a row of x. */
const rowBytes = (inner: number) => BYTES * wordsOf(pairsOf(inner));

/** The size of packed weights in 32-bit numbers: the words of all columns, pair by pair, then the scales of columns. */
export function packedLength(inner: number, outer: number): number {
  return wordsOf(outer) * (pairsOf(inner) + 1);
}

/** The scratch space of a product, in 32-bit numbers. */
export function quantisedScratch(inner: number): number {
  return (ROWS * rowBytes(inner)) / 4;
}

/** Emits the packing of w [inner, outer] for `quantisedMatmul`. */
export function packWeights(f: FunctionBuilder, packed: I32, w: I32, inner: number, outer: number): void {
  const pack = f.module.sharedFunction("pack", 5, packColumns);
  const { sum } = rangesOf(inner);
  f.call(pack, packed, w, i32.const(inner), i32.const(outer), i32.const(sum));
}

/** Parameters: packed, w, inner, outer, the largest sum of a column's absolute numbers. */
function packColumns(f: FunctionBuilder): void {
  const [to, w, inner, outer, most] = [0, 1, 2, 3, 4].map((i) => f.parameter(i)) as [
    LocalVariable<"i32">,
    LocalVariable<"i32">,
    LocalVariable<"i32">,
    LocalVariable<"i32">,
    LocalVariable<"i32">,
  ];
  const vectors = f.local(i32.shr(i32.add(outer, i32.const(3)), 2));
  const stride = f.local(i32.shl(vectors, 4));
  const pairs = f.local(i32.shr(i32.add(inner, i32.const(1)), 1));
  const scales = f.local(i32.add(to, i32.mul(stride, pairs)));
  const row = f.local(i32.shl(outer, 2));
  const half = f.local(i32.mul(row, pairs));
  const limit = f.local(vector.splat(f32.fromI32(most)));
  f.repeat(vectors, () => {
    const largest = f.vector(f.constant(SMALLEST));
    const sum = f.vector(f.constant(0));
    const from = f.local<"i32">(w);
    f.repeat(inner, () => {
      // Up to three of the last columns do not exist: their bytes are packed too, but never reach a result.
      const size = f.local(vector.abs(vector.load(from)));
      f.set(largest, integers.max(largest, size));
      f.set(sum, vector.add(sum, size));
      f.advance(from, row);
    });
    const scale = f.local(vector.div(largest, f.constant(LARGEST)));
    f.set(scale, integers.max(scale, vector.div(sum, limit)));
    const inverse = f.local(vector.div(f.constant(1), scale));
    const rounded = (address: I32) => vector.madd(vector.load(address), inverse, f.constant(ROUNDER));
    const word = f.local<"i32">(to);
    const put = (value: Vector) => {
      f.do(store.vector(word, value));
      f.advance(word, stride);
      f.advance(from, row);
    };
    f.set(from, w);
    f.repeat(i32.shr(inner, 1), () => put(joined(f, rounded(from), rounded(i32.add(from, half)))));
    f.if(i32.and(inner, i32.const(1)), () => put(joined(f, rounded(from), f.constant(0))));
    save(f, addressAt(scales), scale, 4);
    f.advance(scales, 16);
    f.advance(w, 16);
    f.advance(to, 16);
  });
}

/** The whole numbers of two vectors to which ROUNDER was added, or of zeros, as the halves of words. */
function joined(f: FunctionBuilder, low: Vector, high: Vector): Vector {
  return vector.or(vector.and(low, f.constant(LOW_HALF)), integers.shl(high, 16));
}

/** Emits out = x w, with w as `packWeights` packs it. x [rows, inner], out [rows, outer] */
export function quantisedMatmul(
  f: FunctionBuilder,
  out: I32,
  x: I32,
  packed: I32,
  rows: I32,
  inner: number,
  outer: number,
): void {
  f.call(productOf(f, inner, outer), out, x, packed, rows);
}

function productOf(f: FunctionBuilder, inner: number, outer: number): FunctionReference {
  return f.module.sharedFunction(`quantised ${inner} ${outer}`, 4, (g) => {
    const [out, x, packed, rows] = parametersOf(g);
    const rowsAtOnce = (count: number) => {
      const scales = quantiseRows(g, x, count, inner);
      panels(g, { out, packed, inner, outer, scales });
      g.advance(out, 4 * outer * count);
      g.advance(x, 4 * inner * count);
    };
    g.repeat(i32.shr(rows, 2), () => rowsAtOnce(ROWS));
    g.repeat(i32.and(rows, i32.const(ROWS - 1)), () => rowsAtOnce(1));
  });
}

/** Writes rows of x as words to scratch space; returns the scale of each. */
function quantiseRows(f: FunctionBuilder, x: I32, count: number, inner: number): Vector[] {
  const rows = Array.from({ length: count }, (_, r) => r);
  const numbers = (r: number, offset: I32, lanes: number) =>
    load(addressAt(i32.add(x, i32.const(BYTES * inner * r)), offset), lanes);
  const largest = rows.map(() => f.vector(f.constant(SMALLEST)));
  eachVectorOfFour(f, inner, (offset, lanes) => {
    for (const [r, size] of largest.entries()) {
      const own = firstLanes(f, numbers(r, offset, lanes), lanes);
      f.set(size, integers.max(size, vector.abs(own)));
    }
  });
  const top = f.local(
    count === ROWS ? transposed(f, largest, integers.max) : acrossLanes(f, largest[0]!, integers.max),
  );
  const { x: most } = rangesOf(inner);
  const ofRow = (values: VectorVariable) =>
    rows.map((r) => f.local(sameInAllLanes(vector.shuffle(values, values, [r, r, r, r]))));
  const inverses = ofRow(f.local(vector.div(f.constant(most), top)));
  const pairs = pairsOf(inner);
  eachVectorOfFour(f, pairs, (offset, lanes) => {
    const second = i32.add(offset, i32.const(BYTES * pairs));
    for (const [r, inverse] of inverses.entries()) {
      const [low, high] = [offset, second].map((at) =>
        vector.madd(numbers(r, at, lanes), inverse, f.constant(ROUNDER)),
      );
      const to = addressAt(i32.add(f.module.scratch, i32.const(rowBytes(inner) * r)), offset);
      save(f, to, joined(f, low!, high!), Math.max(4, lanes));
    }
  });
  return ofRow(f.local(vector.mul(top, f.constant(1 / most))));
}

interface Tile {
  readonly out: I32;
  readonly packed: I32;
  readonly inner: number;
  readonly outer: number;
  /** The scales of the rows in scratch space. */
  readonly scales: readonly Vector[];
}

/** All columns of the rows in scratch space. */
function panels(f: FunctionBuilder, { out, packed, inner, outer, scales }: Tile): void {
  const { scratch } = f.module;
  const stride = BYTES * wordsOf(outer);
  const end = i32.add(scratch, i32.const(BYTES * pairsOf(inner)));
  const at = f.local(i32.const(0));
  for (const { panel, times } of panelsInTurn(outer, 4, VECTORS))
    f.repeat(i32.const(times), () => {
      const sums = scales.map(() => panel.map(({ width }) => f.vector(f.constant(0), width)));
      const from = f.local(scratch);
      const weights = f.local(i32.add(packed, at));
      f.until(from, end, () => {
        const vectors = panel.map(({ offset, width }) => f.local(vector.load(weights, offset, width)));
        for (const [r, row] of sums.entries()) {
          const pair = f.local(vector.loadSplat(from, rowBytes(inner) * r));
          for (const [i, sum] of row.entries())
            f.set(sum, integers.add(sum, integers.dot(pair, vectors[i]!)));
        }
        f.advance(weights, stride);
        f.advance(from, BYTES);
      });
      const to = f.local(i32.add(out, at));
      for (const [i, { offset, lanes }] of panel.entries()) {
        // The scales come after the last pair.
        const factor = f.local(load(addressAt(weights, offset), lanes));
        for (const [r, row] of sums.entries()) {
          const product = vector.mul(integers.toFloat(row[i]!), vector.mul(scales[r]!, factor));
          save(f, addressAt(to, BYTES * outer * r + offset), product, lanes);
        }
      }
      f.advance(at, bytesOfPanel(panel));
    });
}
