// Counts operations. A sum, a product, a comparison or one number of a transcendental function (exp, log,
// sqrt, sigmoid, tanh, softplus) is one operation; a multiply-add is two; copying is none.

import type { FlopsRule, RowCounter } from "../../graph/define-op.ts";
import { sizeOf, type TensorType } from "../../graph/types.ts";

/** The number of numbers in a value. */
export function numbersIn(type: TensorType, count: RowCounter): number {
  return count(type.rows) * sizeOf(type.dims);
}

/** For ops that only move or read numbers. */
export const noFlops = (): number => 0;

/** `each` operations for every number of the output. */
export function flopsPerOutput(each: number): FlopsRule<unknown> {
  return ({ output }, count) => each * numbersIn(output, count);
}

/** One operation for every number of the first input: sums and other reductions. */
export const flopsOfReduction: FlopsRule<unknown> = ({ inputs }, count) => numbersIn(inputs[0]!, count);
