// The type of a lowering from an op to tfjs calls. Pure: the caller passes tfjs itself, and only its types are imported.

import type * as tfcore from "@tensorflow/tfjs-core";
import type { OpContext } from "../../middle/graph/define-op.ts";
import type { Rows, StepsRows } from "../../middle/graph/types.ts";
import type { Lowering, Lowerings } from "../contract/lowering.ts";
import type { TfjsName } from "./machine.ts";

export type Tfjs = typeof tfcore;
export type Tensor = tfcore.Tensor;

/** tfjs keeps one current backend per process; switching to one that is ready takes effect at once. */
export function useBackend(tf: Tfjs, backend: TfjsName): void {
  if (tf.getBackend() !== backend) void tf.setBackend(backend);
}

/** What a lowering is given beside what the node says of itself. */
export interface TfjsRun {
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

export type TfjsContext<A> = OpContext<A> & TfjsRun;

type After = [inputs: readonly Tensor[]];

export type TfjsLowering<A> = Lowering<A, Tensor, [], TfjsRun, After>;

export type TfjsLowerings = Lowerings<Tensor, [], TfjsRun, After>;
