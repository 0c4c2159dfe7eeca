// Chooses the products that `--mode fast` computes in 16-bit integers: products with weights that run for
// each candidate and step of its history, where most of a request's time goes. All others stay in f32.

import { invariant, unreachable } from "../../common/internal-error.ts";
import type { Mode } from "../contract/emit-options.ts";
import {
  isWeight,
  type Plan,
  type PlannedArgument,
  type PlannedCall,
  type ValueLocation,
} from "../serving/plan.ts";
import { isQuantised } from "./kernels/quantised.ts";

/** out = x w. x [rows, inner], weights [inner, outer], out [rows, outer] */
export interface QuantisedProduct {
  readonly out: PlannedArgument;
  readonly x: PlannedArgument;
  readonly weights: ValueLocation;
  readonly rows: PlannedArgument;
  readonly inner: number;
  readonly outer: number;
}

/** By call; empty in `exact`. */
export function quantisedProducts(plan: Plan, mode: Mode): ReadonlyMap<PlannedCall, QuantisedProduct> {
  if (mode === "exact") return new Map();
  return new Map(
    pairCalls(plan).flatMap((call) => {
      const product = productOf(call);
      return product === null ? [] : [[call, product] as const];
    }),
  );
}

/** Calls with a row for each step of each candidate, including those in a loop over steps. */
function pairCalls({ calls }: Plan): readonly PlannedCall[] {
  return calls.candidate.flatMap((step) => {
    switch (step.kind) {
      case "call":
        return hasRows(step, "steps") ? [step] : [];
      case "loop":
        return step.calls.filter((call) => hasRows(call, "each"));
      case "fused":
      case "pairs":
        return [];
      default:
        return unreachable(step, "step");
    }
  });
}

function hasRows({ arguments: values }: PlannedCall, kind: "steps" | "each"): boolean {
  return values.some(
    (value) => value.kind === "count" && value.rows.kind === kind && value.rows.per === "candidate",
  );
}

function productOf({ kernel, arguments: values }: PlannedCall): QuantisedProduct | null {
  if (kernel !== "matmul") return null;
  const [out, x, w, rows, inner, outer, transposed] = values;
  invariant(out && x && rows && w?.kind === "value" && transposed?.kind === "flag", "what a product takes");
  invariant(inner?.kind === "number" && outer?.kind === "number", "a product of unknown width");
  if (transposed.value || !isWeight(w.location) || !isQuantised(inner.value, outer.value)) return null;
  return { out, x, weights: w.location, rows, inner: inner.value, outer: outer.value };
}
