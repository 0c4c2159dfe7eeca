// Kernels of a search: the best steps of each row, and the values at their indices.

import { LOWEST } from "../../../middle/ops/support/references.ts";
import type { FunctionBuilder } from "../builder.ts";
import type { F32, I32, LocalVariable, Vector } from "../code.ts";
import { f32, i32, vector } from "../expressions.ts";
import type { KernelTwin } from "../kernel.ts";
import { acrossLanes, addressAt, copy, eachRow, equalSteps, fill, type Steps, save } from "../vectors.ts";
import { constantWidth } from "./rows.ts";

function put(f: FunctionBuilder, at: I32, x: F32): void {
  save(f, addressAt(at), vector.splat(x), 1);
}

export const selectSteps: KernelTwin<"selectSteps"> = (f, out, scores, rows, steps, count) =>
  selectedSteps(f, { out, scores, rows, steps: equalSteps(f, rows, steps), count: constantWidth(count) });

export interface Selection {
  readonly out: I32;
  readonly scores: I32;
  readonly rows: I32;
  readonly steps: Steps;
  readonly count: number;
}

/** Like `selectSteps` of compiler/serve/kernels/search.ts. */
export function selectedSteps(f: FunctionBuilder, { out, scores, rows, steps, count }: Selection): void {
  const [to, from] = [f.local(out), f.local(scores)];
  const bytes = 4 * count;
  eachRow(f, rows, [steps], ([each]) => {
    const end = f.local(i32.add(to, i32.const(bytes)));
    // The highest scores so far, in descending order, are stored where the indices will be.
    const free = f.local<"i32">(to);
    const worst = f.local<"f32">(f32.const(LOWEST));
    leastBest(f, worst, { from, each: each!, count });
    const step = f.local<"i32">(from);
    const score = f.local<"f32">(f32.const(0));
    const at = f.local<"i32">(to);
    const before = () => f32.load(i32.sub(at, i32.const(4)));
    // Most steps have no chance, and four of them are rejected at once.
    const last = f.local(i32.add(from, i32.mul(each!, i32.const(4))));
    const isRoom = (from: I32, to: I32) => i32.gt(i32.sub(to, from), i32.const(15));
    const none = (x: Vector) => i32.eq(vector.anyTrue(x), i32.const(0));
    const one = () => {
      f.set(score, f32.load(step));
      f.if(f32.gt(score, worst), () => {
        f.if(
          i32.ne(free, end),
          () => {
            f.set(at, free);
            f.advance(free, 4);
          },
          () => f.set(at, i32.sub(end, i32.const(4))),
        );
        f.while(i32.both(i32.ne(at, to), f32.gt(score, before())), () => {
          put(f, at, before());
          f.advance(at, -4);
        });
        put(f, at, score);
        f.if(i32.eq(free, end), () => f.set(worst, f32.load(i32.sub(end, i32.const(4)))));
      });
      f.advance(step, 4);
    };
    f.while(i32.ne(step, last), () =>
      f.if(
        i32.both(isRoom(step, last), none(vector.gt(vector.load(step), vector.splat(worst)))),
        () => f.advance(step, 16),
        one,
      ),
    );
    const ties = f.local(i32.const(0));
    f.if(i32.eq(free, end), () => {
      f.set(at, to);
      f.repeat(i32.const(count), () => {
        f.if(
          f32.gt(f32.load(at), worst),
          () => {},
          () => f.advance(ties, 1),
        );
        f.advance(at, 4);
      });
    });
    f.set(at, end);
    const place = f.local<"i32">(each!);
    const take = () => {
      f.advance(at, -4);
      put(f, at, f32.fromI32(place));
    };
    f.while(i32.both(i32.gt(place, i32.const(0)), i32.ne(at, to)), () =>
      f.if(
        i32.both(
          isRoom(from, step),
          none(vector.ge(vector.load(i32.sub(step, i32.const(16))), vector.splat(worst))),
        ),
        () => {
          f.advance(step, -16);
          f.advance(place, -4);
        },
        () => {
          f.advance(step, -4);
          f.set(score, f32.load(step));
          f.if(f32.gt(score, worst), take, () =>
            f.if(i32.both(f32.eq(score, worst), i32.gt(ties, i32.const(0))), () => {
              take();
              f.advance(ties, -1);
            }),
          );
          f.advance(place, -1);
        },
      ),
    );
    f.while(i32.ne(at, to), () => {
      f.advance(at, -4);
      put(f, at, f32.const(0));
    });
    f.set(to, end);
    f.advance(from, i32.mul(each!, i32.const(4)));
  });
}

/**
 * Sets `worst` to a lower bound. Divides the steps into `count` parts, by lane, and takes a number just below
 * the least of the parts' best scores: at least `count` steps are as good, and few others are.
 */
function leastBest(
  f: FunctionBuilder,
  worst: LocalVariable<"f32">,
  { from, each, count }: { readonly from: I32; readonly each: I32; readonly count: number },
): void {
  const parts = Math.ceil(count / 4);
  const size = f.local(i32.div(i32.shr(each, 2), i32.const(parts)));
  // With few steps, this saves little.
  f.if(i32.gt(size, i32.const(2)), () => {
    const step = f.local<"i32">(from);
    const best = f.vector(f.constant(LOWEST));
    const least = f.vector(f.constant(-LOWEST));
    f.repeat(i32.const(parts), () => {
      f.set(best, f.constant(LOWEST));
      f.repeat(size, () => {
        f.set(best, vector.pmax(best, vector.load(step)));
        f.advance(step, 16);
      });
      f.set(least, vector.pmin(least, best));
    });
    const found = f.local(acrossLanes(f, least, vector.pmin));
    const room = vector.add(vector.mul(vector.abs(found), f.constant(1e-6)), f.constant(1e-38));
    const below = f.local(vector.pmax(vector.sub(found, room), f.constant(LOWEST)));
    f.set(worst, vector.first(below));
  });
}

export const gatherSteps: KernelTwin<"gatherSteps"> = (
  f,
  out,
  x,
  places,
  rows,
  steps,
  count,
  width,
  shared,
) =>
  gatheredSteps(f, {
    ...{ out, x, places, rows, count: constantWidth(count), width: constantWidth(width) },
    steps: shared ? null : equalSteps(f, rows, steps),
  });

export const scatterSteps: KernelTwin<"scatterSteps"> = (f, out, x, places, rows, steps, count, width) =>
  scatteredSteps(f, {
    ...{ out, x, places, rows, count: constantWidth(count), width: constantWidth(width) },
    steps: equalSteps(f, rows, steps),
  });

export interface Gathering {
  readonly out: I32;
  readonly x: I32;
  readonly places: I32;
  readonly rows: I32;
  /** Null if all rows have the same steps. */
  readonly steps: Steps | null;
  readonly count: number;
  readonly width: number;
}

export function gatheredSteps(f: FunctionBuilder, kernel: Gathering): void {
  const { count, width } = kernel;
  const [to, from, place] = [f.local(kernel.out), f.local(kernel.x), f.local(kernel.places)];
  const row = () =>
    f.repeat(i32.const(count), () => {
      const at = f.local(i32.fromF32(f32.load(place)));
      f.if(
        i32.gt(at, i32.const(0)),
        () => copy(f, to, f.local(stepAt(from, at, width)), width),
        () => fill(f, to, 0, width),
      );
      f.advance(to, 4 * width);
      f.advance(place, 4);
    });
  if (kernel.steps === null) {
    f.repeat(kernel.rows, row);
    return;
  }
  eachRow(f, kernel.rows, [kernel.steps], ([each]) => {
    row();
    f.advance(from, i32.mul(each!, i32.const(4 * width)));
  });
}

/** Puts items at their steps; all other steps are 0. */
export function scatteredSteps(
  f: FunctionBuilder,
  { out, x, places, rows, steps, count, width }: Gathering & { readonly steps: Steps },
): void {
  const [to, from, place] = [f.local(out), f.local(x), f.local(places)];
  eachRow(f, rows, [steps], ([each]) => {
    const end = f.local<"i32">(to);
    f.repeat(each!, () => {
      fill(f, end, 0, width);
      f.advance(end, 4 * width);
    });
    f.repeat(i32.const(count), () => {
      const at = f.local(i32.fromF32(f32.load(place)));
      f.if(i32.gt(at, i32.const(0)), () => copy(f, f.local(stepAt(to, at, width)), from, width));
      f.advance(from, 4 * width);
      f.advance(place, 4);
    });
    f.set(to, end);
  });
}

/** The address of a step by its index, which counts from 1. */
function stepAt(base: I32, place: I32, width: number): I32 {
  return i32.add(base, i32.mul(i32.sub(place, i32.const(1)), i32.const(4 * width)));
}
