// Attention in tfjs, computed as in `tensorflow/attention-nodes.ts`. Products are of matrices by [rows · heads], which every
// backend has.

import type { AttentionAttributes } from "../../middle/graph/attributes.ts";
import { attentionInputs, type InputIndices } from "../../middle/ops/support/attention.ts";
import { LOWEST } from "../../middle/ops/support/references.ts";
import type { Tensor, TfjsContext } from "./lowering.ts";
import { gatherOrZero, stepPlaces } from "./step-tensors.ts";

/** Queries, keys and values as [rows · heads, places, width of a head], and softmax's weights of each pair. */
export interface Heads {
  readonly q: Tensor;
  readonly k: Tensor;
  readonly v: Tensor;
  /** [rows · heads, queries, keys] */
  readonly weights: Tensor;
  readonly scale: number;
  split(x: Tensor, places: InputIndices): Tensor;
  /** The way back. */
  join(x: Tensor, places: InputIndices): Tensor;
}

export function heads<A extends AttentionAttributes>(
  context: TfjsContext<A>,
  [q, k, v]: readonly Tensor[],
): Heads {
  const { tf, attributes, inputs } = context;
  const many = attributes.heads;
  const { rows, queries, keys, values } = attentionInputs("attention", inputs, attributes);
  const count = context.count(rows);
  const split = (x: Tensor, { width, at }: InputIndices) => {
    let padded = x;
    if (at.kind === "steps") {
      padded = gatherOrZero(context, x, tf.reshape(context.paddedSteps(at.rows), [-1]));
    }
    const byPlace = tf.reshape(padded, [count, -1, many, width / many]);
    return tf.reshape(tf.transpose(byPlace, [0, 2, 1, 3]), [count * many, -1, width / many]);
  };
  const join = (x: Tensor, { width, at, rows: of }: InputIndices) => {
    const byHead = tf.reshape(x, [count, many, -1, width / many]);
    const byPlace = tf.reshape(tf.transpose(byHead, [0, 2, 1, 3]), [-1, width]);
    if (at.kind === "list")
      return tf.reshape(byPlace, of.kind === "once" ? [at.length, width] : [count, at.length, width]);
    return tf.gather(byPlace, tf.tensor1d(paddedPlaces(context, at.rows), "int32"));
  };
  const [left, right] = [split(q!, queries), split(k!, keys)];
  const scores = tf.mul(tf.matMul(left, right, false, true), attributes.scale);
  return {
    q: left,
    k: right,
    v: split(v!, values),
    weights: tf.softmax(
      attributes.causal ? upTo(context, scores) : masked(context, scores, keys, count, many),
    ),
    scale: attributes.scale,
    split,
    join,
  };
}

/** Scores of keys after the query count for nothing, and with them those of what a history is filled up with. */
function upTo<A>({ tf }: TfjsContext<A>, scores: Tensor): Tensor {
  const [, queries, keys] = scores.shape as [number, number, number];
  const places = (length: number) => tf.range(0, length, 1, "int32");
  const isSeen = tf.greaterEqual(tf.reshape(places(queries), [1, queries, 1]), places(keys));
  const condition = tf.cast(tf.broadcastTo(tf.cast(isSeen, "int32"), scores.shape), "bool");
  return tf.where(condition, scores, tf.fill(scores.shape, LOWEST));
}

/** Scores of what a history is filled up with count for nothing. */
function masked<A>(
  context: TfjsContext<A>,
  scores: Tensor,
  { at }: InputIndices,
  rows: number,
  many: number,
): Tensor {
  if (at.kind === "list") return scores;
  const { tf } = context;
  const [, queries, longest] = scores.shape as [number, number, number];
  const isStep = tf.less(context.paddedSteps(at.rows), context.count(at.rows));
  const shape = [rows, many, queries, longest];
  const byRow = tf.broadcastTo(tf.reshape(tf.cast(isStep, "int32"), [rows, 1, 1, longest]), shape);
  const condition = tf.cast(tf.reshape(byRow, scores.shape), "bool");
  return tf.where(condition, scores, tf.fill(scores.shape, LOWEST));
}

/** By step: its number in [rows · longest]. */
function paddedPlaces<A>(
  context: TfjsContext<A>,
  rows: Parameters<TfjsContext<A>["paddedSteps"]>[0],
): Int32Array {
  const longest = context.paddedSteps(rows).shape[1];
  const { first, segments } = stepPlaces(context, rows);
  return segments.map((row, step) => row * longest + step - first[row]!);
}
