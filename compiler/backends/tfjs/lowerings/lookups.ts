// How tfjs computes ops on reading rows of tables, and sets.

import { LOWEST } from "../../../middle/ops/support/references.ts";
import type { TfjsLowerings } from "../lowering.ts";
import { scatterSum, tensorShape, unlessEmpty, zerosOut } from "../tensors.ts";

export const lookups = {
  lookup: unlessEmpty(({ tf }, [table, ids]) => tf.gather(table!, ids!)),
  lookup_gradient: unlessEmpty((context, [dy, ids]) =>
    dy!.size === 0 ? zerosOut(context) : scatterSum(context, dy!, ids!, tensorShape(context, context.output)),
  ),
  pooled_lookup: unlessEmpty((context, [table, ids, rowOf]) => {
    const { tf, attributes, output: out } = context;
    if (ids!.size === 0) return zerosOut(context);
    const values = tf.gather(table!, ids!);
    if (attributes.pool === "sum") return scatterSum(context, values, rowOf!, tensorShape(context, out));
    const places = paddedElements(rowOf!.dataSync() as Int32Array, context.count(out.rows));
    const [width] = out.dims as readonly [number];
    const guarded = tf.concat([values, tf.fill([1, width], LOWEST)], 0);
    const spread = tf.gather(guarded, tf.tensor1d(places.values, "int32"));
    const largest = tf.max(tf.reshape(spread, [-1, places.longest, width]), 1);
    return tf.where(tf.lessEqual(largest, LOWEST), tf.zerosLike(largest), largest);
  }),
  count_elements: unlessEmpty((context, [rowOf]) => {
    if (rowOf!.size === 0) return zerosOut(context);
    const ones = context.tf.ones([rowOf!.size, 1]);
    return scatterSum(context, ones, rowOf!, tensorShape(context, context.output));
  }),
} satisfies Partial<TfjsLowerings>;

/** For each row the numbers of its values, filled up with the number of values: one past the last. */
function paddedElements(rowOf: Int32Array, rows: number): { values: Int32Array; longest: number } {
  const sizes = new Int32Array(rows);
  for (const row of rowOf) sizes[row]!++;
  const longest = sizes.reduce((a, b) => Math.max(a, b), 0);
  const values = new Int32Array(rows * longest).fill(rowOf.length);
  sizes.fill(0);
  rowOf.forEach((row, element) => {
    values[row * longest + sizes[row]!++] = element;
  });
  return { values, longest };
}
