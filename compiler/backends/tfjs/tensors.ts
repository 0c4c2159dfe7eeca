// Helpers that the tfjs lowerings share. They use only calls whose kernels exist on cpu, wasm and node. wasm has no segment sums,
// so ScatterNd, which adds up duplicates, replaces them.

import { type StepsRows, sizeOf, type TensorType } from "../../middle/graph/types.ts";
import { LOWEST } from "../../middle/ops/support/references.ts";
import type { Tensor, TfjsContext, TfjsLowering } from "./lowering.ts";

/** The tensor's shape: [rows, ...dims], or [...dims] where it is known once. */
export function tensorShape<A>(context: TfjsContext<A>, type: TensorType): number[] {
  return type.rows.kind === "once" ? [...type.dims] : [context.count(type.rows), ...type.dims];
}

/** Back ends disagree on tensors without elements, so none is computed: an empty result is made directly. */
export function unlessEmpty<A>(lowering: TfjsLowering<A>): TfjsLowering<A> {
  return (context, inputs) => {
    const shape = tensorShape(context, context.output);
    return sizeOf(shape) === 0 ? context.tf.zeros(shape) : lowering(context, inputs);
  };
}

/** Zeros of the output's shape: what a sum over no rows gives. */
export function zerosOut<A>(context: TfjsContext<A>): Tensor {
  return context.tf.zeros(tensorShape(context, context.output));
}

/** Sums rows of `x` into `count` rows, row i into positions[i]. */
export function scatterSum<A>(
  { tf }: TfjsContext<A>,
  x: Tensor,
  positions: Tensor,
  shape: readonly number[],
): Tensor {
  return tf.scatterND(tf.reshape(positions, [-1, 1]), x, [...shape]);
}

/** Largest of each row's steps [rows, ...dims]; `fallback` where there are none. There is at least one step. */
export function largestStep<A>(
  context: TfjsContext<A>,
  x: Tensor,
  rows: StepsRows,
  dims: readonly number[],
  fallback: number,
): Tensor {
  const { tf } = context;
  const size = sizeOf(dims);
  const count = context.count({ kind: "each", per: rows.per });
  const flat = tf.reshape(x, [-1, size]);
  // Padding points at one row past the last, which is lower than any number.
  const guarded = tf.concat([flat, tf.fill([1, size], LOWEST)], 0);
  const padded = context.paddedSteps(rows);
  const longest = padded.shape[1];
  const spread = tf.reshape(tf.gather(guarded, tf.reshape(padded, [-1])), [count, longest, size]);
  const largest = tf.max(spread, 1);
  const found = tf.where(tf.lessEqual(largest, LOWEST), tf.fill([count, size], fallback), largest);
  return tf.reshape(found, [count, ...dims]);
}
