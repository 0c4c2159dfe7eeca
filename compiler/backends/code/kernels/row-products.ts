// Products of a few rows with many, whose number is unknown at compile time, such as attention's queries with
// keys and values. The few stay in registers while the loop reads each of the many once.

import type { FunctionBuilder } from "../builder.ts";
import type { I32, LocalVariable, V128 } from "../code.ts";
import { f32x4, i32, v128 } from "../expressions.ts";
import { addressAt, BYTES, load, loadSplat, save } from "../vectors.ts";
import { firstLanes, transposed } from "./products.ts";

/** The vectors of a row that are processed at once. */
const PANEL = 4;
/** The vectors that stay in registers, besides the current ones. */
const HELD = 10;

/** Rows that are `stride` bytes apart, and the number of their used numbers. */
export interface StridedMatrix {
  readonly first: I32;
  readonly stride: number;
  readonly width: number;
}

/** Up to four numbers of a row, with their byte offset in the panel. */
interface Vector {
  readonly offset: number;
  readonly lanes: number;
}

/** Runs `body` for each panel, with its byte offset. The code for all full panels is emitted once. */
function eachPanel(
  f: FunctionBuilder,
  width: number,
  body: (offset: I32, vectors: readonly Vector[]) => void,
): void {
  const numbers = 4 * PANEL;
  if (width <= numbers) {
    body(i32.const(0), vectorsOf(width));
    return;
  }
  const offset = f.local(i32.const(0));
  f.repeat(i32.const(Math.floor(width / numbers)), () => {
    body(offset, vectorsOf(numbers));
    f.advance(offset, BYTES * numbers);
  });
  if (width % numbers > 0) body(offset, vectorsOf(width % numbers));
}

function vectorsOf(width: number): readonly Vector[] {
  return Array.from({ length: Math.ceil(width / 4) }, (_, i) => ({
    offset: 16 * i,
    lanes: Math.min(4, width - 4 * i),
  }));
}

function at(row: I32, offset: I32, vector: Vector): V128 {
  return load(addressAt(i32.add(row, offset), vector.offset));
}

/**
 * The products of each of `few` with four rows, one row per lane. Two of the few are computed at a time, so
 * that their sums stay in registers.
 */
export function dots(
  f: FunctionBuilder,
  few: readonly I32[],
  four: readonly I32[],
  width: number,
): readonly LocalVariable<"v128">[] {
  return few.flatMap((_, i) => (i % 2 === 0 ? dotsOfTwo(f, few.slice(i, i + 2), four, width) : []));
}

function dotsOfTwo(
  f: FunctionBuilder,
  few: readonly I32[],
  four: readonly I32[],
  width: number,
): readonly LocalVariable<"v128">[] {
  // A single panel's first products start the sums; with several panels, the sums start at 0.
  const begun = width <= 4 * PANEL ? [] : four;
  const sums: LocalVariable<"v128">[][] = few.map(() => begun.map(() => f.local<"v128">(f.constant(0))));
  eachPanel(f, width, (offset, vectors) => {
    const numbers = 4 * (vectors.length - 1) + vectors.at(-1)!.lanes;
    for (const { offset: before, lanes } of vectors) {
      // The last vector ends where the row does. Its overlap with the previous vector is set to 0 in the few.
      const isBack = lanes < 4 && numbers > 4;
      const vector = isBack ? { offset: BYTES * (numbers - 4), lanes } : { offset: before, lanes };
      const asked = few.map((row) => {
        const all = at(row, offset, vector);
        return f.local(isBack ? lastLanes(f, all, lanes) : firstLanes(f, all, lanes));
      });
      for (const [j, row] of four.entries()) {
        const all = at(row, offset, vector);
        const other = f.local(isBack ? all : firstLanes(f, all, lanes));
        for (const [i, own] of sums.entries()) {
          const known = own[j];
          if (known === undefined) own.push(f.local(f32x4.mul(asked[i]!, other)));
          else f.set(known, f32x4.madd(asked[i]!, other, known));
        }
      }
    }
  });
  return sums.map((own) => f.local(transposed(f, own, f32x4.add)));
}

/** x with 0 before its last `lanes`. */
function lastLanes(f: FunctionBuilder, x: V128, lanes: number): V128 {
  const picked = [0, 1, 2, 3].map((lane) => (lane >= 4 - lanes ? lane : 4));
  return v128.shuffle(x, f.constant(0), picked as [number, number, number, number]);
}

/**
 * A job over many rows with a few factors each. `factors` has the addresses of the first of the few's
 * factors, then of the second's.
 */
export type ProductJob = {
  readonly factors: readonly I32[];
  readonly many: StridedMatrix;
} & (
  | {
      /** Sums many rows times their factors, scaled at the end. */
      readonly kind: "gather";
      readonly to: readonly I32[];
      readonly scales: readonly V128[] | null;
    }
  | {
      /** Multiplies the few rows by factors, and adds the sum to each of many rows or replaces them. */
      readonly kind: "spread";
      readonly from: readonly I32[];
      readonly isAdded: boolean;
    }
);

/** Runs the jobs over `count` rows, as many of them at once as registers allow. */
export function weigh(f: FunctionBuilder, count: I32, jobs: readonly ProductJob[]): void {
  let together: ProductJob[] = [];
  let held = 0;
  for (const job of jobs) {
    const own = Math.min(PANEL, Math.ceil(job.many.width / 4)) * job.factors.length;
    if (
      together.length > 0 &&
      (held + own > HELD || !together.every(({ many }) => many.width <= 4 * PANEL))
    ) {
      weighAtOnce(f, count, together);
      [together, held] = [[], 0];
    }
    together.push(job);
    held += own;
  }
  weighAtOnce(f, count, together);
}

function weighAtOnce(f: FunctionBuilder, count: I32, jobs: readonly ProductJob[]): void {
  const [first, ...others] = jobs;
  if (first === undefined) return;
  eachPanel(f, first.many.width, (offset, vectors) => {
    const panels = [
      panelOf(f, first, offset, vectors),
      ...others.map((job) => panelOf(f, job, i32.const(0), vectorsOf(job.many.width))),
    ];
    const place = f.local(i32.const(0));
    f.repeat(count, () => {
      const splats = new Map<I32, V128>();
      const factor = (of: I32) => {
        const found = splats.get(of) ?? f.local(loadSplat(addressAt(i32.add(of, place))));
        splats.set(of, found);
        return found;
      };
      for (const { each } of panels) each(factor);
      f.advance(place, BYTES);
    });
    for (const { end } of panels) end();
  });
}

interface PanelWork {
  readonly each: (factor: (of: I32) => V128) => void;
  readonly end: () => void;
}

function panelOf(f: FunctionBuilder, job: ProductJob, offset: I32, vectors: readonly Vector[]): PanelWork {
  const row = f.local<"i32">(i32.add(job.many.first, offset));
  const moveOn = () => f.advance(row, job.many.stride);
  if (job.kind === "gather") {
    const sums = job.to.map(() => vectors.map(() => f.local<"v128">(f.constant(0))));
    return {
      each: (factor) => {
        const factors = job.factors.map(factor);
        for (const [v, vector] of vectors.entries()) {
          const numbers = f.local(load(addressAt(row, vector.offset)));
          for (const [i, own] of sums.entries()) f.set(own[v]!, f32x4.madd(factors[i]!, numbers, own[v]!));
        }
        moveOn();
      },
      end: () => {
        for (const [i, own] of sums.entries())
          for (const [v, vector] of vectors.entries()) {
            const scale = job.scales?.[i];
            const sum = scale === undefined ? own[v]! : f32x4.mul(own[v]!, scale);
            save(f, addressAt(i32.add(job.to[i]!, offset), vector.offset), sum, vector.lanes);
          }
      },
    };
  }
  const held = job.from.map((from) => vectors.map((vector) => f.local(at(from, offset, vector))));
  return {
    each: (factor) => {
      const factors = job.factors.map(factor);
      for (const [v, vector] of vectors.entries()) {
        const place = addressAt(row, vector.offset);
        const sum = held.reduce<V128 | null>(
          (before, own, i) =>
            before === null ? f32x4.mul(factors[i]!, own[v]!) : f32x4.madd(factors[i]!, own[v]!, before),
          job.isAdded ? load(place) : null,
        );
        save(f, place, sum!, vector.lanes);
      }
      moveOn();
    },
    end: () => {},
  };
}

/** The addresses of four neighbouring rows, of which `left` exist: the last one replaces missing ones. */
export function fourRows(f: FunctionBuilder, first: I32, stride: number, left: I32): readonly I32[] {
  const found: I32[] = [first];
  for (let i = 1; i < 4; i++) {
    const step = i32.select(i32.gt(left, i32.const(i)), i32.const(stride), i32.const(0));
    found.push(f.local(i32.add(found[i - 1]!, step)));
  }
  return found;
}
