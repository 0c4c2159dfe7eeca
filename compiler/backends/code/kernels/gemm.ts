// One register tile for the products of training: numbers of a, with strides between rows and between terms,
// times rows of b. A · B has a row by row; Aᵀ · B has it column by column and sums over all rows; A · Bᵀ is A
// · B with a transposed copy of B.

import type { FunctionBuilder, FunctionReference, ModuleBuilder } from "../builder.ts";
import type { I32, LocalVariable, V128 } from "../code.ts";
import { f32, f32x4, i32, v128 } from "../expressions.ts";
import { addressAt, BYTES, save } from "../vectors.ts";
import { parametersOf } from "./products.ts";

/** Rows and columns whose sums stay in registers. */
export interface Tile {
  readonly rows: 4 | 6;
  readonly columns: 8 | 16;
}

interface Product {
  /** Rows of the result: known at compile time for Aᵀ · B, a parameter for A · B. */
  readonly rows: number | null;
  /** The number of terms of each sum: known at compile time for A · B. */
  readonly depth: number | null;
  readonly width: number;
  /** Bytes from a number of a to that of the next row, and to the next term of the same sum. */
  readonly rowStride: number;
  readonly depthStride: number;
  readonly tile: Tile;
}

/** Parameters: out [rows, outer], a [rows, inner], b [inner, outer], rows. */
export function productOfRows(
  module: ModuleBuilder,
  inner: number,
  outer: number,
  tile: Tile,
): FunctionReference {
  return module.sharedFunction(`product ${inner} ${outer}`, 4, (f) =>
    product(f, {
      ...{ rows: null, depth: inner, width: outer, tile },
      ...{ rowStride: BYTES * inner, depthStride: BYTES },
    }),
  );
}

/**
 * Parameters: out [inner, outer], a [rows, inner], b [rows, outer], rows, and 1 if out is overwritten, 0 if
 * the result is added to it.
 */
export function productOverRows(
  module: ModuleBuilder,
  inner: number,
  outer: number,
  tile: Tile,
): FunctionReference {
  return module.sharedFunction(`product over rows ${inner} ${outer}`, 5, (f) =>
    product(f, {
      ...{ rows: inner, depth: null, width: outer, tile },
      ...{ rowStride: BYTES, depthStride: BYTES * inner },
    }),
  );
}

/** All ones if an i32 flag is 0. */
export function unless(f: FunctionBuilder, flag: I32): LocalVariable<"v128"> {
  return f.local(f32x4.eq(f32x4.splat(f32.fromI32(flag)), f.constant(0)));
}

function product(f: FunctionBuilder, shape: Product): void {
  const { rows, depth, width, rowStride, tile } = shape;
  const [out, a, b, count] = parametersOf(f);
  const kept = rows === null ? null : unless(f, f.parameter(4));
  const weights = f.local(b);
  const left = f.local(out);
  const sums = depth === null ? count : i32.const(depth);
  const panel = (lanes: readonly number[]) => {
    const [from, to] = [f.local(a), f.local<"i32">(left)];
    const some = (height: number) => {
      sumsOfTile(f, shape, { from, to, weights, sums, kept, height, lanes });
      f.advance(from, rowStride * height);
      f.advance(to, BYTES * width * height);
    };
    if (rows === null) {
      const full = f.local(i32.div(count, i32.const(tile.rows)));
      f.repeat(full, () => some(tile.rows));
      const rest = f.local(i32.sub(count, i32.mul(full, i32.const(tile.rows))));
      f.repeat(i32.shr(rest, 1), () => some(2));
      f.repeat(i32.and(rest, i32.const(1)), () => some(1));
    } else {
      f.repeat(i32.const(Math.floor(rows / tile.rows)), () => some(tile.rows));
      if (rows % tile.rows > 0) some(rows % tile.rows);
    }
    const bytes = BYTES * lanes.reduce((sum, each) => sum + each, 0);
    f.advance(weights, bytes);
    f.advance(left, bytes);
  };
  if (tile.columns === 16) {
    f.repeat(i32.const(Math.floor(width / 16)), () => panel([4, 4, 4, 4]));
    if (width % 16 >= 8) panel([4, 4]);
  } else f.repeat(i32.const(Math.floor(width / 8)), () => panel([4, 4]));
  const rest = width % 8;
  if (rest > 4) panel([4, rest - 4]);
  else if (rest > 0) panel([rest]);
}

interface TileSums {
  readonly from: I32;
  readonly to: I32;
  readonly weights: I32;
  readonly sums: I32;
  /** The mask of the numbers in memory that are kept as the start of the sums. */
  readonly kept: V128 | null;
  readonly height: number;
  readonly lanes: readonly number[];
}

function sumsOfTile(
  f: FunctionBuilder,
  { width, rowStride, depthStride }: Product,
  { from, to, weights, sums, kept, height, lanes }: TileSums,
): void {
  const begin = (r: number, i: number) =>
    kept === null ? f.constant(0) : v128.and(v128.load(to, BYTES * width * r + 16 * i), kept);
  const held = Array.from({ length: height }, (_, r) => lanes.map((_, i) => f.local<"v128">(begin(r, i))));
  const number = f.local(from);
  const row = f.local(weights);
  const end = f.local(i32.add(from, i32.mul(sums, i32.const(depthStride))));
  const each = () => {
    const vectors = lanes.map((_, i) => f.local(v128.load(row, 16 * i)));
    for (const [r, own] of held.entries()) {
      const factor = f.local(v128.loadSplat(number, rowStride * r));
      for (const [i, sum] of own.entries()) f.set(sum, f32x4.madd(factor, vectors[i]!, sum));
    }
    f.advance(row, BYTES * width);
    f.advance(number, depthStride);
  };
  // Sums of no rows are 0.
  if (sums.constant === null) f.if(i32.gt(sums, i32.const(0)), () => f.until(number, end, each));
  else f.until(number, end, each);
  for (const [r, own] of held.entries())
    for (const [i, sum] of own.entries()) save(f, addressAt(to, BYTES * width * r + 16 * i), sum, lanes[i]!);
}
