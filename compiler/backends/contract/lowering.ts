// The type of a table of lowerings, which has one entry for each name of an op: a missing lowering does not compile.

import type { OpAttributes, OpName } from "../../middle/graph/attributes.ts";
import type { OpContext } from "../../middle/graph/define-op.ts";

/**
 * Makes what the back end has for a node with attributes `A`. A back end adds arguments before and after what
 * the node says of itself, and things of its own to that.
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

/** That of an op whose name is known at run time only. */
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
