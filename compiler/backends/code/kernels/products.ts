// Matrix products. Tiles of 4 rows × 8 columns keep eight sums and two vectors of weights in registers. The
// loop over the inner axis is not unrolled, because Node 20 and 22 would then spill the sums. Wider vectors use the tiles of
// gemm.ts.

import { invariant } from "../../../common/internal-error.ts";
import type { FunctionBuilder } from "../builder.ts";
import type { I32, Vector, VectorVariable } from "../code.ts";
import { i32, vector } from "../expressions.ts";
import type { KernelTwin } from "../kernel.ts";
import { addressAt, eachVectorOfFour, load, save } from "../vectors.ts";
import { parametersOf, productOfRows } from "./gemm.ts";

export const ROWS = 4;

export const matmul: KernelTwin<"matmul"> = (f, out, x, w, rows, inner, outer, transposed) => {
  invariant(inner.constant !== null && outer.constant !== null, "a product of unknown width");
  const [a, b] = [inner.constant, outer.constant];
  if (b > 1 && !transposed && f.module.machine.lanes > 4) {
    f.call(productOfRows(f.module, a, b), out, x, w, rows);
    return;
  }
  const product = f.module.sharedFunction(`matmul ${a} ${b} ${transposed}`, 4, (g) => {
    if (b === 1) dotRows(g, a);
    else if (transposed) dotColumns(g, a, b);
    else tiles(g, a, b);
  });
  f.call(product, out, x, w, rows);
};

/** Parameters: out [rows, outer], x [rows, inner], w [inner, outer], rows. */
function tiles(f: FunctionBuilder, inner: number, outer: number): void {
  const [out, x, w, rows] = parametersOf(f);
  const rowsAtOnce = (count: number) => {
    panels(f, { out, x, w, inner, outer, rows: count });
    f.advance(out, 4 * outer * count);
    f.advance(x, 4 * inner * count);
  };
  f.repeat(i32.shr(rows, 2), () => rowsAtOnce(ROWS));
  f.repeat(i32.and(rows, i32.const(ROWS - 1)), () => rowsAtOnce(1));
}

interface Tile {
  readonly out: I32;
  readonly x: I32;
  readonly w: I32;
  readonly inner: number;
  readonly outer: number;
  readonly rows: number;
}

/** All columns of `rows` rows: panels of 8, then one of 4, then the rest. */
function panels(f: FunctionBuilder, tile: Tile): void {
  const { outer } = tile;
  const wide = Math.floor(outer / 8);
  const at = f.local(i32.const(0));
  const panel = (lanes: readonly number[]) => {
    columns(f, tile, at, lanes);
    f.advance(at, 4 * lanes.reduce((sum, count) => sum + count, 0));
  };
  f.repeat(i32.const(wide), () => panel([4, 4]));
  const left = outer - 8 * wide;
  if (left > 4) panel([4, left - 4]);
  else if (left > 0) panel([left]);
}

/** Vectors of columns, with `lanes` numbers each, from the byte offset `at` of a row. */
function columns(
  f: FunctionBuilder,
  { out, x, w, inner, outer, rows }: Tile,
  at: I32,
  lanes: readonly number[],
): void {
  const zero = f.constant(0);
  const sums = Array.from({ length: rows }, () => lanes.map(() => f.vector(zero)));
  const from = f.local(x);
  const weights = f.local(i32.add(w, at));
  const end = f.local(i32.add(x, i32.const(4 * inner)));
  f.until(from, end, () => {
    const vectors = lanes.map((_, i) => f.local(vector.load(weights, 16 * i)));
    for (const [r, row] of sums.entries()) {
      const number = f.local(vector.loadSplat(from, 4 * inner * r));
      for (const [i, sum] of row.entries()) f.set(sum, vector.madd(number, vectors[i]!, sum));
    }
    f.advance(weights, 4 * outer);
    f.advance(from, 4);
  });
  const to = f.local(i32.add(out, at));
  for (const [r, row] of sums.entries())
    for (const [i, sum] of row.entries()) save(f, addressAt(to, 4 * outer * r + 16 * i), sum, lanes[i]!);
}

/** One column: adds the products of each row with w across lanes, for four rows at a time. */
function dotRows(f: FunctionBuilder, inner: number): void {
  const [out, x, w, rows] = parametersOf(f);
  const some = (count: number) => {
    const sums = Array.from({ length: count }, () => f.vector(f.constant(0)));
    eachVectorOfFour(f, inner, (offset, lanes) => {
      const weights = f.local(firstLanes(f, load(addressAt(w, offset)), lanes));
      for (const [r, sum] of sums.entries()) {
        const place = addressAt(i32.add(x, i32.const(4 * inner * r)), offset);
        const numbers = firstLanes(f, load(place), lanes);
        f.set(sum, vector.madd(numbers, weights, sum));
      }
    });
    const total = count === ROWS ? transposed(f, sums, vector.add) : sumOfLanes(f, sums[0]!);
    save(f, addressAt(out), total, count);
    f.advance(out, 4 * count);
    f.advance(x, 4 * inner * count);
  };
  f.repeat(i32.shr(rows, 2), () => some(ROWS));
  f.repeat(i32.and(rows, i32.const(ROWS - 1)), () => some(1));
}

/** For w stored transposed: each number is the product of two rows. */
function dotColumns(f: FunctionBuilder, inner: number, outer: number): void {
  const [out, x, w, rows] = parametersOf(f);
  f.repeat(rows, () => {
    const column = f.local<"i32">(w);
    f.repeat(i32.const(outer), () => {
      const sum = f.vector(f.constant(0));
      eachVectorOfFour(f, inner, (offset, lanes) => {
        const numbers = f.local(firstLanes(f, load(addressAt(x, offset)), lanes));
        f.set(sum, vector.madd(numbers, firstLanes(f, load(addressAt(column, offset)), lanes), sum));
      });
      save(f, addressAt(out), sumOfLanes(f, sum), 1);
      f.advance(out, 4);
      f.advance(column, 4 * inner);
    });
    f.advance(x, 4 * inner);
  });
}

/** x with 0 after its first `lanes`, because the bytes after a value may be NaN. */
export function firstLanes(f: FunctionBuilder, x: Vector, lanes: number): Vector {
  if (lanes === 4) return x;
  const picked = [0, 1, 2, 3].map((lane) => (lane < lanes ? lane : 4)) as [number, number, number, number];
  return vector.shuffle(x, f.constant(0), picked);
}

function sumOfLanes(f: FunctionBuilder, x: VectorVariable): Vector {
  const pairs = f.local(vector.add(x, vector.shuffle(x, x, [2, 3, 0, 1])));
  return vector.add(pairs, vector.shuffle(pairs, pairs, [1, 0, 3, 2]));
}

/** Reduces the lanes of each of four vectors, as one vector. */
export function transposed(
  f: FunctionBuilder,
  [a, b, c, d]: readonly VectorVariable[],
  join: (x: Vector, y: Vector) => Vector,
): Vector {
  const pairs = (x: Vector, y: Vector) =>
    f.local(join(vector.shuffle(x, y, [0, 4, 1, 5]), vector.shuffle(x, y, [2, 6, 3, 7])));
  const ab = pairs(a!, b!);
  const cd = pairs(c!, d!);
  return join(vector.shuffle(ab, cd, [0, 1, 4, 5]), vector.shuffle(ab, cd, [2, 3, 6, 7]));
}
