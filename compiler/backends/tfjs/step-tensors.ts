// Positions of the packed steps of each row, for lowerings to tfjs. They are computed in JavaScript, outside of tfjs.

import type { StepsRows } from "../../middle/graph/types.ts";
import { eachOf } from "../../middle/ops/support/shapes.ts";
import type { Tensor, TfjsContext } from "./lowering.ts";

export interface StepPlaces {
  readonly first: Int32Array;
  readonly lengths: Int32Array;
  readonly segments: Int32Array;
}

/** By row the number of its first step and how many it has; by step its row. */
export function stepPlaces<A>(context: TfjsContext<A>, rows: StepsRows): StepPlaces {
  const segments = context.rowsOfSteps(rows);
  const lengths = new Int32Array(context.count(eachOf(rows)));
  for (const row of segments) lengths[row]!++;
  let before = 0;
  const first = lengths.map((length) => (before += length) - length);
  return { first, lengths, segments };
}

/** Rows of x [rows, ..] by their numbers; zeros for the number of one row past the last. */
export function gatherOrZero<A>({ tf }: TfjsContext<A>, x: Tensor, numbers: Int32Array | Tensor): Tensor {
  const zero = tf.zeros([1, ...x.shape.slice(1)]);
  const at = numbers instanceof Int32Array ? tf.tensor1d(numbers, "int32") : numbers;
  return tf.gather(tf.concat([x, zero], 0), at);
}
