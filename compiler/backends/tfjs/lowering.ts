// How an op becomes tfjs calls. Pure: tfjs itself is handed in, only its types are imported.

import type * as tfcore from "@tensorflow/tfjs-core";
import type { OpAttributes, OpName } from "../../middle/graph/attributes.ts";
import type { OpContext } from "../../middle/graph/define-op.ts";
import type { Rows, StepsRows } from "../../middle/graph/types.ts";

export type Tfjs = typeof tfcore;
export type Tensor = tfcore.Tensor;

export interface TfjsContext<A> extends OpContext<A> {
  readonly tf: Tfjs;
  count(rows: Rows): number;
  /** i32 [steps]: the row each step belongs to. */
  segments(rows: StepsRows): tfcore.Tensor1D;
  /** The same numbers on this side of tfjs. */
  rowsOfSteps(rows: StepsRows): Int32Array;
  /**
   * i32 [count(each), longest]: for each row the numbers of its steps, padded with count(steps), i.e. with the
   * number of one row past the last. What segment maximum is made from, as tfjs has no such op.
   */
  paddedSteps(rows: StepsRows): tfcore.Tensor2D;
  input(name: string): Tensor;
  parameter(name: string): Tensor;
  table(name: string): Tensor;
}

export type TfjsLowering<A> = (context: TfjsContext<A>, inputs: readonly Tensor[]) => Tensor;

/** One for each op: a missing one does not compile. */
export type TfjsLowerings = { readonly [N in OpName]: TfjsLowering<OpAttributes[N]> };

/** That of an op whose name is known at run time only. */
export function loweringOf(lowerings: TfjsLowerings, op: OpName): TfjsLowering<OpAttributes[OpName]> {
  return lowerings[op] as unknown as TfjsLowering<OpAttributes[OpName]>;
}
