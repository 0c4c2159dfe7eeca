// Emits a sum over pairs of steps in a ranking program, candidate by candidate. Values of the request are read where they are.

import type { NodeId } from "../../middle/graph/graph.ts";
import { perOf, type Rows, type StepsRows, sizeOf } from "../../middle/graph/types.ts";
import type { PlannedPairs, PlannedStep, ValueLocation } from "../serving/plan.ts";
import type { FunctionBuilder } from "./builder.ts";
import type { I32, LocalVariable } from "./code.ts";
import { i32 } from "./expressions.ts";
import { weightCount } from "./kernels/attention.ts";
import { type PairPlan, planPairs } from "./kernels/pair-plan.ts";
import { sumsOfPairs } from "./kernels/pairs.ts";
import type { RowCounts } from "./row-counts.ts";
import { BYTES } from "./vectors.ts";

/** The numbers of scratch space that a step's pairs take: rows of keys for the queries that go through them together. */
export function pairScratch(step: PlannedStep): number {
  return step.kind === "pairs" ? planOf(step).rows.length * weightCount(step.summed.places) : 0;
}

export function emitPairs(
  f: FunctionBuilder,
  step: PlannedPairs,
  addressOf: (location: ValueLocation, stride: number | null) => I32,
  counts: RowCounts,
): void {
  const { queries, keys, places, sum } = step.summed;
  const plan = planOf(step);
  const ofRequest = (steps: StepsRows) => counts.of({ ...steps, per: "request" });
  const asking = ofRequest(queries);
  const moving: { readonly at: LocalVariable<"i32">; readonly bytes: I32 }[] = [];
  const pointer = (location: ValueLocation, stride: number | null, rows: Rows, numbers: number): I32 => {
    const first = addressOf(location, stride);
    if (perOf(rows) !== "candidate") return first;
    const each = rows.kind === "steps" ? ofRequest(rows) : i32.const(1);
    const at = f.local<"i32">(first);
    moving.push({ at, bytes: f.local(i32.mul(each, i32.const(BYTES * numbers))) });
    return at;
  };
  const leaves = new Map<NodeId, I32>(
    [...step.leaves].map(([id, { location, stride, type }]) => [
      id,
      pointer(location, stride, type.rows, sizeOf(type.dims)),
    ]),
  );
  const out = pointer(step.output, null, queries, sum.kind === "gather" ? sum.width : 1);
  f.repeat(perOf(queries) === "candidate" ? counts.candidates : i32.const(1), () => {
    sumsOfPairs(f, {
      ...{ plan, places, examples: i32.const(1), out: [out], first: i32.const(1) },
      queries: { kind: "equal", each: asking },
      keys: { kind: "equal", each: ofRequest(keys) },
      at: (id) => leaves.get(id)!,
      widthOf: (id) => step.leaves.get(id)!.type.dims.at(-1)!,
      scratch: plan.rows.map((_, row) =>
        f.local(i32.add(f.module.scratch, i32.const(BYTES * weightCount(places) * row))),
      ),
    });
    for (const { at, bytes } of moving) f.advance(at, bytes);
  });
}

function planOf({ values, summed }: PlannedPairs): PairPlan {
  return planPairs(values, [summed.sum]);
}
