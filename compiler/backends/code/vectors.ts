// Loops over contiguous numbers, as many at a time as the machine's vectors hold, then 8 or 4 of the rest. Reading up to three
// numbers too many is always allowed, because there is padding after every value (see `ROOM` in arena.ts). Writing them is not,
// except at the end of a value.

import type { FunctionBuilder } from "./builder.ts";
import type { I32, LocalVariable, Vector } from "./code.ts";
import { i32, sameInAllLanes, store, vector } from "./expressions.ts";
import { type LaneCount, widthsOf } from "./machine.ts";

export const BYTES = 4;
/** The number of vectors of a row of known width that are unrolled. */
const UNROLLED = 4;

/** An address in memory: `base` and an offset in bytes. */
export interface Address {
  readonly base: I32;
  readonly offset: I32;
}

export function addressAt(base: I32, offset: I32 | number = 0): Address {
  return { base, offset: typeof offset === "number" ? i32.const(offset) : offset };
}

/** The numbers there, at least `lanes` of them. */
export function load({ base, offset }: Address, lanes = 4): Vector {
  const width = widthFor(lanes);
  return offset.constant === null
    ? vector.load(i32.add(base, offset), 0, width)
    : vector.load(base, offset.constant, width);
}

/** The lanes of the vector that holds so many numbers. */
export function widthFor(numbers: number): LaneCount {
  return numbers > 8 ? 16 : numbers > 4 ? 8 : 4;
}

/** The one number there, in every lane. */
export function loadSplat({ base, offset }: Address): Vector {
  return offset.constant === null
    ? vector.loadSplat(i32.add(base, offset))
    : vector.loadSplat(base, offset.constant);
}

/** Writes the first `lanes` of x: all, or up to three. */
export function save(f: FunctionBuilder, { base, offset }: Address, x: Vector, lanes: number): void {
  const address = offset.constant === null ? i32.add(base, offset) : base;
  const bytes = offset.constant ?? 0;
  if (lanes >= 4) f.do(store.vector(address, x, bytes, widthFor(lanes)));
  else if (lanes === 1) f.do(store.lane(address, x, bytes, 0));
  else if (lanes === 2) f.do(store.twoLanes(address, x, bytes));
  else {
    const kept = f.local(x);
    f.do(store.twoLanes(address, kept, bytes));
    f.do(store.lane(address, kept, bytes + 2 * BYTES, 2));
  }
}

/** Runs `body` for each vector of `width` numbers, with their offset in bytes and their number. */
export function eachVector(
  f: FunctionBuilder,
  width: number,
  body: (offset: I32, lanes: number) => void,
  most: LaneCount = f.module.machine.lanes,
): void {
  let at = 0;
  for (const lanes of widthsOf(most)) {
    const count = Math.floor((width - at) / lanes);
    if (count <= UNROLLED) for (let i = 0; i < count; i++) body(i32.const(BYTES * (at + lanes * i)), lanes);
    else {
      const offset = f.local(i32.const(BYTES * at));
      f.repeat(i32.const(count), () => {
        body(offset, lanes);
        f.advance(offset, BYTES * lanes);
      });
    }
    at += lanes * count;
  }
  if (width > at) body(i32.const(BYTES * at), width - at);
}

/** The same by fours on every machine: for sums across lanes, whose order must not depend on it. */
export function eachVectorOfFour(
  f: FunctionBuilder,
  width: number,
  body: (offset: I32, lanes: number) => void,
): void {
  eachVector(f, width, body, 4);
}

/**
 * Runs `body` for each vector of `count` numbers; the last four may include up to three too many. For values
 * that end there.
 */
export function eachVectorOf(
  f: FunctionBuilder,
  count: I32,
  body: (offset: LocalVariable<"i32">, lanes: number) => void,
): void {
  const offset = f.local(i32.const(0));
  const rest = eachFullVectorOf(f, offset, count, body);
  f.repeat(i32.shr(i32.add(rest, i32.const(3)), 2), () => {
    body(offset, 4);
    f.advance(offset, 16);
  });
}

/** Runs `body` for each vector of more than four of `count` numbers, from `offset` on; returns how many are left. */
export function eachFullVectorOf(
  f: FunctionBuilder,
  offset: LocalVariable<"i32">,
  count: I32,
  body: (offset: LocalVariable<"i32">, lanes: number) => void,
): I32 {
  const { lanes } = f.module.machine;
  if (lanes === 4) return count;
  f.repeat(i32.shr(count, Math.log2(lanes)), () => {
    body(offset, lanes);
    f.advance(offset, BYTES * lanes);
  });
  return i32.and(count, i32.const(lanes - 1));
}

/** Sum or maximum of the lanes of a vector of four, in every lane. */
export function acrossLanes(f: FunctionBuilder, x: Vector, join: (a: Vector, b: Vector) => Vector): Vector {
  const all = f.local(x);
  const pairs = f.local(join(all, vector.shuffle(all, all, [2, 3, 0, 1])));
  return sameInAllLanes(join(pairs, vector.shuffle(pairs, pairs, [1, 0, 3, 2])));
}

/** Copies `width` numbers. */
export function copy(f: FunctionBuilder, to: I32, from: I32, width: number): void {
  eachVector(f, width, (offset, lanes) =>
    save(f, addressAt(to, offset), load(addressAt(from, offset), lanes), lanes),
  );
}

export function fill(f: FunctionBuilder, to: I32, value: number, width: number): void {
  eachVector(f, width, (offset, lanes) => save(f, addressAt(to, offset), f.constant(value), lanes));
}

/** Bytes of `count` numbers. */
export function bytes(count: I32): I32 {
  return i32.mul(count, i32.const(BYTES));
}

/** steps / rows; 0 if there are no rows. */
export function stepsEach(f: FunctionBuilder, rows: I32, steps: I32): I32 {
  if (rows.constant === 1) return steps;
  const each = f.local(i32.const(0));
  f.if(i32.gt(rows, i32.const(0)), () => f.set(each, i32.div(steps, rows)));
  return each;
}

/**
 * The number of steps of each row: equal for all, or given by the address of the i32 start of the first row's
 * steps, followed by the next row's.
 */
export type Steps =
  | { readonly kind: "equal"; readonly each: I32 }
  | { readonly kind: "starts"; readonly at: I32 };

export function equalSteps(f: FunctionBuilder, rows: I32, steps: I32): Steps {
  return { kind: "equal", each: stepsEach(f, rows, steps) };
}

/** Runs `body` for each row, with its number of steps of each kind. */
export function eachRow(
  f: FunctionBuilder,
  rows: I32,
  kinds: readonly Steps[],
  body: (counts: readonly I32[]) => void,
): void {
  const starts = kinds.map((steps) => (steps.kind === "starts" ? f.local(steps.at) : null));
  f.repeat(rows, () => {
    const counts = kinds.map((steps, i) => {
      const start = starts[i];
      if (steps.kind === "equal") return steps.each;
      return f.local(i32.sub(i32.load(i32.add(start!, i32.const(BYTES))), i32.load(start!)));
    });
    body(counts);
    for (const start of starts) if (start !== null) f.advance(start!, BYTES);
  });
}
