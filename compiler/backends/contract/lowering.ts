// The type of a table of lowerings. It has one entry for each op, so that a missing lowering does not
// compile.

import { InternalError } from "../../common/internal-error.ts";
import type { OpAttributes, OpName } from "../../middle/graph/attributes.ts";
import type { OpContext } from "../../middle/graph/define-op.ts";

/**
 * Makes the back end's form of a node with attributes `A`. A back end adds arguments before and after those
 * about the node, and fields to the latter.
 */
export type Lowering<
  A,
  Made,
  Before extends readonly unknown[] = [],
  Own = unknown,
  After extends readonly unknown[] = [],
> = (...given: [...Before, context: OpContext<A> & Own, ...After]) => Made;

export type Lowerings<
  Made,
  Before extends readonly unknown[] = [],
  Own = unknown,
  After extends readonly unknown[] = [],
> = { readonly [N in OpName]: Lowering<OpAttributes[N], Made, Before, Own, After> };

/** The lowerings of ops that only a loss has, in back ends that only rank. */
export const ofLosses = { log_partition: neverRanked, log_partition_gradient: neverRanked };

function neverRanked(): never {
  throw new InternalError("a ranking program has no loss");
}

/** The lowering of an op whose name is known only at run time. */
export function loweringOf<
  N extends OpName,
  Made,
  Before extends readonly unknown[],
  Own,
  After extends readonly unknown[],
>(
  lowerings: Lowerings<Made, Before, Own, After>,
  op: N,
): Lowering<OpAttributes[N], Made, Before, Own, After> {
  return lowerings[op];
}
