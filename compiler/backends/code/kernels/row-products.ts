// Products of a few rows with many, whose number is unknown at compile time, such as attention's queries with
// keys and values. The few stay in registers while the loop reads each of the many once.

import type { FunctionBuilder } from "../builder.ts";
import type { I32, Vector, VectorVariable } from "../code.ts";
import { i32, vector } from "../expressions.ts";
import type { LaneCount } from "../machine.ts";
import { addressAt, BYTES, load, loadSplat, save } from "../vectors.ts";
import { type Panel, vectorsOf } from "./panels.ts";
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

/** Runs `body` for each panel, with its byte offset. The code for all full panels is emitted once. */
function eachPanel(
  f: FunctionBuilder,
  width: number,
  lanes: LaneCount,
  body: (offset: I32, panel: Panel) => void,
): void {
  const numbers = lanes * PANEL;
  if (width <= numbers) {
    body(i32.const(0), vectorsOf(width, lanes));
    return;
  }
  const offset = f.local(i32.const(0));
  f.repeat(i32.const(Math.floor(width / numbers)), () => {
    body(offset, vectorsOf(numbers, lanes));
    f.advance(offset, BYTES * numbers);
  });
  if (width % numbers > 0) body(offset, vectorsOf(width % numbers, lanes));
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
): readonly VectorVariable[] {
  return few.flatMap((_, i) => (i % 2 === 0 ? dotsOfTwo(f, few.slice(i, i + 2), four, width) : []));
}

function dotsOfTwo(
  f: FunctionBuilder,
  few: readonly I32[],
  four: readonly I32[],
  width: number,
): readonly VectorVariable[] {
  // A single panel's first products start the sums; with several panels, the sums start at 0.
  const begun = width <= 4 * PANEL ? [] : four;
  const sums: VectorVariable[][] = few.map(() => begun.map(() => f.vector(f.constant(0))));
  // Four at a time on every machine, because they are summed across lanes.
  eachPanel(f, width, 4, (offset, vectors) => {
    const numbers = 4 * (vectors.length - 1) + vectors.at(-1)!.lanes;
    for (const { offset: before, lanes } of vectors) {
      // The last vector ends where the row does. Its overlap with the previous vector is set to 0 in the few.
      const isBack = lanes < 4 && numbers > 4;
      const bytes = isBack ? BYTES * (numbers - 4) : before;
      const asked = few.map((row) => {
        const all = load(addressAt(i32.add(row, offset), bytes));
        return f.local(isBack ? lastLanes(f, all, lanes) : firstLanes(f, all, lanes));
      });
      for (const [j, row] of four.entries()) {
        const all = load(addressAt(i32.add(row, offset), bytes));
        const other = f.local(isBack ? all : firstLanes(f, all, lanes));
        for (const [i, own] of sums.entries()) {
          const known = own[j];
          if (known === undefined) own.push(f.local(vector.mul(asked[i]!, other)));
          else f.set(known, vector.madd(asked[i]!, other, known));
        }
      }
    }
  });
  return sums.map((own) => f.local(transposed(f, own, vector.add)));
}

/** x with 0 before its last `lanes`. */
function lastLanes(f: FunctionBuilder, x: Vector, lanes: number): Vector {
  const picked = [0, 1, 2, 3].map((lane) => (lane >= 4 - lanes ? lane : 4));
  return vector.shuffle(x, f.constant(0), picked as [number, number, number, number]);
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
      readonly scales: readonly Vector[] | null;
      /** Whether the sums are added to what an earlier job has written there. */
      readonly isAdded?: boolean;
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
  const { lanes } = f.module.machine;
  let together: ProductJob[] = [];
  let held = 0;
  for (const job of jobs) {
    const own = Math.min(PANEL, Math.ceil(job.many.width / lanes)) * job.factors.length;
    if (
      together.length > 0 &&
      (held + own > HELD || !together.every(({ many }) => many.width <= lanes * PANEL))
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
  const { lanes } = f.module.machine;
  const [first, ...others] = jobs;
  if (first === undefined) return;
  eachPanel(f, first.many.width, lanes, (offset, panel) => {
    const panels = [
      panelOf(f, first, offset, panel),
      ...others.map((job) => panelOf(f, job, i32.const(0), vectorsOf(job.many.width, lanes))),
    ];
    const place = f.local(i32.const(0));
    f.repeat(count, () => {
      const splats = new Map<I32, Vector>();
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
  readonly each: (factor: (of: I32) => Vector) => void;
  readonly end: () => void;
}

function panelOf(f: FunctionBuilder, job: ProductJob, offset: I32, vectors: Panel): PanelWork {
  const row = f.local<"i32">(i32.add(job.many.first, offset));
  const moveOn = () => f.advance(row, job.many.stride);
  if (job.kind === "gather") {
    const sums = job.to.map(() => vectors.map(({ width }) => f.vector(f.constant(0), width)));
    return {
      each: (factor) => {
        const factors = job.factors.map(factor);
        for (const [v, each] of vectors.entries()) {
          const numbers = f.local(load(addressAt(row, each.offset), each.lanes));
          for (const [i, own] of sums.entries()) f.set(own[v]!, vector.madd(factors[i]!, numbers, own[v]!));
        }
        moveOn();
      },
      end: () => {
        for (const [i, own] of sums.entries())
          for (const [v, each] of vectors.entries()) {
            const scale = job.scales?.[i];
            const sum = scale === undefined ? own[v]! : vector.mul(own[v]!, scale);
            const place = addressAt(i32.add(job.to[i]!, offset), each.offset);
            const all = job.isAdded === true ? vector.add(load(place, each.lanes), sum) : sum;
            save(f, place, all, each.lanes);
          }
      },
    };
  }
  const held = job.from.map((from) =>
    vectors.map((each) => f.local(load(addressAt(i32.add(from, offset), each.offset), each.lanes))),
  );
  return {
    each: (factor) => {
      const factors = job.factors.map(factor);
      for (const [v, each] of vectors.entries()) {
        const place = addressAt(row, each.offset);
        const sum = held.reduce<Vector | null>(
          (before, own, i) =>
            before === null ? vector.mul(factors[i]!, own[v]!) : vector.madd(factors[i]!, own[v]!, before),
          job.isAdded ? load(place, each.lanes) : null,
        );
        save(f, place, sum!, each.lanes);
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
