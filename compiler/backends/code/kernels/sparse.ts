// Products with the output of a relu, of which about half of the numbers or more are 0. A row is multiplied
// only with the weight rows of its nonzero numbers, which gives the same bits. The nonzero numbers are found
// without a branch, once for all columns. Weight rows are read panel by panel, so that those of a panel stay
// in the nearest cache. Rows with few zeros are multiplied as a whole.

import { invariant } from "../../../common/internal-error.ts";
import type { PlannedCall } from "../../serving/plan.ts";
import type { FunctionBuilder } from "../builder.ts";
import type { I32, LocalVariable } from "../code.ts";
import { i32, integers, store, vector } from "../expressions.ts";
import { addressAt, BYTES, save } from "../vectors.ts";
import { parametersOf } from "./gemm.ts";
import { bytesOfPanel, type Panel, panelsOf, vectorsOf } from "./panels.ts";
import { matmul } from "./products.ts";

/** The rows whose nonzero numbers are found before any product. */
const ROWS = 16;
/** The vectors of sums of a panel; Node 20 does not have registers for more, and wider ones need fewer. */
const VECTORS = 7;
/** The numbers that are examined per iteration. */
const UNROLLED = 8;
/** The float with the bits of the integer 1. */
const ONE_BIT = 2 ** -149;
/** With more nonzero numbers, the full product is faster. */
const MOST_FOUND = 5 / 8;
/** Narrower products take no longer than finding the numbers. */
const LEAST_OUTER = 48;
const LEAST_INNER = 16;

/** The widths of a product that is faster with this kernel; null for other calls. */
export function sparseProduct({
  kernel,
  arguments: values,
  hasZeros,
}: PlannedCall): { readonly inner: number; readonly outer: number } | null {
  if (!hasZeros || kernel !== "matmul") return null;
  const [, , , , inner, outer, transposed] = values;
  invariant(inner?.kind === "number" && outer?.kind === "number", "a product of unknown width");
  invariant(transposed?.kind === "flag", "what a product takes");
  const pays = inner.value >= LEAST_INNER && outer.value >= LEAST_OUTER && !transposed.value;
  return pays ? { inner: inner.value, outer: outer.value } : null;
}

/** The scratch space of a product, in 32-bit numbers: the end of each row's list, and the lists. */
export function sparseScratch(inner: number): number {
  return ROWS + ROWS * inner + 1;
}

/** out = x w. x [rows, inner], w [inner, outer], out [rows, outer] */
export function sparseMatmul(
  f: FunctionBuilder,
  out: I32,
  x: I32,
  w: I32,
  rows: I32,
  inner: number,
  outer: number,
): void {
  const product = f.module.sharedFunction(`sparse ${inner} ${outer}`, 4, (g) => blocks(g, inner, outer));
  f.call(product, out, x, w, rows);
}

function blocks(f: FunctionBuilder, inner: number, outer: number): void {
  const [out, x, w, rows] = parametersOf(f);
  f.while(i32.gt(rows, i32.const(0)), () => {
    const count = f.local(i32.select(i32.gt(rows, i32.const(ROWS)), i32.const(ROWS), rows));
    const found = find(f, x, count, inner);
    const most = i32.mul(count, i32.const(Math.floor(BYTES * inner * MOST_FOUND)));
    f.if(
      i32.gt(found, most),
      () => matmul(f, out, x, w, count, i32.const(inner), i32.const(outer), false),
      () => {
        let at = 0;
        for (const panel of panelsOf(vectorsOf(outer, f.module.machine.lanes), VECTORS)) {
          multiply(f, { out, x, w, count, inner, outer, at, panel });
          at += bytesOfPanel(panel);
        }
      },
    );
    f.advance(out, i32.mul(count, i32.const(BYTES * outer)));
    f.advance(x, i32.mul(count, i32.const(BYTES * inner)));
    f.set(rows, i32.sub(rows, count));
  });
}

/**
 * For each row, the byte offsets of its nonzero numbers, and the end of this list. Returns the bytes of all
 * lists.
 */
function find(f: FunctionBuilder, x: I32, rows: I32, inner: number): I32 {
  const { from, ends, list } = listsOf(f, x);
  const found = f.local(i32.const(0));
  f.repeat(rows, () => {
    const next = f.local<"i32">(list);
    // Vectors write past the end of a list, so what is left in scratch space differs between machines.
    const vectors = f.module.machine.lanes === 16 ? Math.floor(inner / 16) : 0;
    if (vectors > 0) findInVectors(f, from, next, vectors);
    const before = f.local(i32.const(BYTES * 16 * vectors));
    const some = (count: number) => {
      for (let i = 0; i < count; i++) {
        f.do(store.i32(next, i32.add(before, i32.const(BYTES * i))));
        f.advance(next, i32.shl(i32.ne(i32.load(from, BYTES * i), i32.const(0)), 2));
      }
      f.advance(from, BYTES * count);
      f.advance(before, BYTES * count);
    };
    const rest = inner - 16 * vectors;
    if (rest >= UNROLLED) f.repeat(i32.const(Math.floor(rest / UNROLLED)), () => some(UNROLLED));
    if (rest % UNROLLED > 0) some(rest % UNROLLED);
    f.do(store.i32(ends, next));
    f.advance(found, i32.sub(next, list));
    f.advance(ends, BYTES);
    f.advance(list, BYTES * inner);
  });
  return found;
}

/** The offsets of those in `vectors` vectors of 16, after which both pointers are. A list has room for all of its row's numbers. */
function findInVectors(
  f: FunctionBuilder,
  from: LocalVariable<"i32">,
  next: LocalVariable<"i32">,
  vectors: number,
): void {
  const before = f.vector(f.constant(0), 16);
  f.repeat(i32.const(vectors), () => {
    const numbers = f.local(vector.load(from, 0, 16));
    f.do(store.vector(next, integers.add(integers.shl(integers.nonzero(numbers), 2), before), 0, 16));
    f.advance(next, i32.shl(integers.countNonzero(numbers), 2));
    f.set(before, integers.add(before, f.constant(BYTES * 16 * ONE_BIT)));
    f.advance(from, BYTES * 16);
  });
}

interface Product {
  readonly out: I32;
  readonly x: I32;
  readonly w: I32;
  readonly count: I32;
  readonly inner: number;
  readonly outer: number;
  /** Bytes of a row before the panel. */
  readonly at: number;
  readonly panel: Panel;
}

function multiply(f: FunctionBuilder, { out, x, w, count, inner, outer, at, panel }: Product): void {
  const { from, ends, list } = listsOf(f, x);
  const weights = f.local(i32.add(w, i32.const(at)));
  const to = f.local(i32.add(out, i32.const(at)));
  f.repeat(count, () => {
    const sums = panel.map(({ width }) => f.vector(f.constant(0), width));
    const next = f.local<"i32">(list);
    const end = f.local(i32.load(ends));
    const each = () => {
      const before = f.local(i32.load(next));
      const number = f.local(vector.loadSplat(i32.add(from, before)));
      const row = f.local(i32.add(weights, i32.mul(before, i32.const(outer))));
      for (const [i, { offset, width }] of panel.entries())
        f.set(sums[i]!, vector.madd(number, f.local(vector.load(row, offset, width)), sums[i]!));
      f.advance(next, BYTES);
    };
    f.if(i32.ne(next, end), () => f.until(next, end, each));
    for (const [i, { offset, lanes }] of panel.entries()) save(f, addressAt(to, offset), sums[i]!, lanes);
    f.advance(from, BYTES * inner);
    f.advance(to, BYTES * outer);
    f.advance(ends, BYTES);
    f.advance(list, BYTES * inner);
  });
}

interface Lists {
  readonly from: LocalVariable<"i32">;
  readonly ends: LocalVariable<"i32">;
  readonly list: LocalVariable<"i32">;
}

/** Pointers to the rows of a block, and into scratch space. */
function listsOf(f: FunctionBuilder, x: I32): Lists {
  const { scratch } = f.module;
  return {
    from: f.local(x),
    ends: f.local(scratch),
    list: f.local(i32.add(scratch, i32.const(BYTES * ROWS))),
  };
}
