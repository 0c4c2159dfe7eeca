// One register tile for the products of training: numbers of a, with strides between rows and between terms,
// times rows of b. A · B has a row by row; Aᵀ · B has it column by column and sums over all rows; A · Bᵀ is A
// · B with a transposed copy of B.

import type { FunctionBuilder, FunctionReference, ModuleBuilder } from "../builder.ts";
import type { I32, LocalVariable, Vector, VectorVariable } from "../code.ts";
import { f32, i32, vector } from "../expressions.ts";
import { tileOf } from "../machine.ts";
import { addressAt, BYTES, save } from "../vectors.ts";
import { bytesOfPanel, type Panel, type PanelVector, panelsOfTile } from "./panels.ts";

type Parameters4 = readonly [
  LocalVariable<"i32">,
  LocalVariable<"i32">,
  LocalVariable<"i32">,
  LocalVariable<"i32">,
];

export function parametersOf(f: FunctionBuilder): Parameters4 {
  return [f.parameter(0), f.parameter(1), f.parameter(2), f.parameter(3)];
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
}

/** Parameters: out [rows, outer], a [rows, inner], b [inner, outer], rows. */
export function productOfRows(module: ModuleBuilder, inner: number, outer: number): FunctionReference {
  return module.sharedFunction(`product ${inner} ${outer}`, 4, (f) =>
    product(f, {
      ...{ rows: null, depth: inner, width: outer },
      ...{ rowStride: BYTES * inner, depthStride: BYTES },
    }),
  );
}

/**
 * Parameters: out [inner, outer], a [rows, inner], b [rows, outer], rows, and 1 if out is overwritten, 0 if
 * the result is added to it.
 */
export function productOverRows(module: ModuleBuilder, inner: number, outer: number): FunctionReference {
  return module.sharedFunction(`product over rows ${inner} ${outer}`, 5, (f) =>
    product(f, {
      ...{ rows: inner, depth: null, width: outer },
      ...{ rowStride: BYTES, depthStride: BYTES * inner },
    }),
  );
}

/** All ones if an i32 flag is 0. */
export function unless(f: FunctionBuilder, flag: I32): VectorVariable {
  return f.local(vector.eq(vector.splat(f32.fromI32(flag)), f.constant(0)));
}

function product(f: FunctionBuilder, shape: Product): void {
  const { rows, depth, width, rowStride } = shape;
  const { machine } = f.module;
  const [out, a, b, count] = parametersOf(f);
  const kept = rows === null ? null : unless(f, f.parameter(4));
  const weights = f.local(b);
  const left = f.local(out);
  const sums = depth === null ? count : i32.const(depth);
  for (const { panel, times } of panelsOfTile(width, machine))
    f.repeat(i32.const(times), () => {
      // Wide vectors are fewer, so tiles of one vector are common and pay for being taller.
      const most = tileOf(machine, machine.lanes === 4 ? undefined : panel.length).rows;
      const [from, to] = [f.local(a), f.local<"i32">(left)];
      const some = (height: number) => {
        sumsOfTile(f, shape, { from, to, weights, sums, kept, height, panel });
        f.advance(from, rowStride * height);
        f.advance(to, BYTES * width * height);
      };
      if (rows === null) {
        const full = f.local(i32.div(count, i32.const(most)));
        f.repeat(full, () => some(most));
        const rest = f.local(i32.sub(count, i32.mul(full, i32.const(most))));
        eachRest(f, rest, most, some);
      } else {
        const height = heightOf(rows, most);
        f.repeat(i32.const(Math.floor(rows / height)), () => some(height));
        if (rows % height > 0) some(rows % height);
      }
      f.advance(weights, bytesOfPanel(panel));
      f.advance(left, bytesOfPanel(panel));
    });
}

/** The height of tiles of `rows` rows: about equal parts, where tiles are so tall that a short last one costs much. */
function heightOf(rows: number, most: number): number {
  return most > 6 ? Math.ceil(rows / Math.ceil(rows / most)) : most;
}

/** Runs `some` for the rows that are left after tiles of `most`: four or two together, then one. */
function eachRest(f: FunctionBuilder, rest: I32, most: number, some: (height: number) => void): void {
  const heights = [4, 2, 1].filter((height) => height <= Math.max(1, most / 2));
  for (const [i, height] of heights.entries()) {
    const times = i32.shr(rest, Math.log2(height));
    f.repeat(i === 0 ? times : i32.and(times, i32.const(1)), () => some(height));
  }
}

interface TileSums {
  readonly from: I32;
  readonly to: I32;
  readonly weights: I32;
  readonly sums: I32;
  /** The mask of the numbers in memory that are kept as the start of the sums. */
  readonly kept: Vector | null;
  readonly height: number;
  readonly panel: Panel;
}

function sumsOfTile(
  f: FunctionBuilder,
  { width, rowStride, depthStride }: Product,
  { from, to, weights, sums, kept, height, panel }: TileSums,
): void {
  const begin = (r: number, { offset, width: lanes }: PanelVector) =>
    kept === null ? f.constant(0) : vector.and(vector.load(to, BYTES * width * r + offset, lanes), kept);
  const held = Array.from({ length: height }, (_, r) =>
    panel.map((vector) => f.vector(begin(r, vector), vector.width)),
  );
  const number = f.local(from);
  const row = f.local(weights);
  const end = f.local(i32.add(from, i32.mul(sums, i32.const(depthStride))));
  const each = () => {
    const vectors = panel.map(({ offset, width: lanes }) => f.local(vector.load(row, offset, lanes)));
    for (const [r, own] of held.entries()) {
      const read = vector.loadSplat(number, rowStride * r);
      // The widest vectors can be multiplied with a number in memory. Multiply-adds take half the instructions, and would wait for it.
      const { lanes, isFused } = f.module.machine;
      const factor = lanes === 16 && !isFused ? read : f.local(read);
      for (const [i, sum] of own.entries()) f.set(sum, vector.madd(factor, vectors[i]!, sum));
    }
    f.advance(row, BYTES * width);
    f.advance(number, depthStride);
  };
  // Sums of no rows are 0.
  if (sums.constant === null) f.if(i32.gt(sums, i32.const(0)), () => f.until(number, end, each));
  else f.until(number, end, each);
  for (const [r, own] of held.entries())
    for (const [i, { offset, lanes }] of panel.entries())
      save(f, addressAt(to, BYTES * width * r + offset), own[i]!, lanes);
}
