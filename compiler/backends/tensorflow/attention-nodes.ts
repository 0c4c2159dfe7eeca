// Attention as nodes of a TensorFlow graph. Inside this op only, histories are padded to the longest of the
// batch; no query attends to the padding.

import type { AttentionAttributes } from "../../middle/graph/attributes.ts";
import type { OpContext } from "../../middle/graph/define-op.ts";
import { attentionInputs, type InputIndices } from "../../middle/ops/support/attention.ts";
import { LOWEST } from "../../middle/ops/support/references.ts";
import type { TensorflowEmitter, TensorRef } from "./lowering.ts";
import { FLOAT, flag, gather, gatherOrZero, INT, reshape, select } from "./nodes.ts";
import {
  firstSteps,
  gatherIntegers,
  integers,
  range,
  reshapeIntegers,
  selectIntegers,
  stepLengths,
} from "./step-nodes.ts";

/**
 * Queries, keys and values as [rows, heads, positions, width of a head], and the softmax weight of each pair.
 */
export interface TensorFlowHeads {
  readonly q: TensorRef;
  readonly k: TensorRef;
  readonly v: TensorRef;
  /** [rows, heads, queries, keys] */
  readonly weights: TensorRef;
  readonly scale: TensorRef;
  /** The value in the layout of `x`. */
  split(x: TensorRef, places: InputIndices): TensorRef;
  /** The inverse of `split`. */
  join(x: TensorRef, places: InputIndices): TensorRef;
}

export function heads(
  emit: TensorflowEmitter,
  [q, k, v]: readonly TensorRef[],
  { attributes, inputs }: OpContext<AttentionAttributes>,
): TensorFlowHeads {
  const { queries, keys, values } = attentionInputs("attention", inputs, attributes);
  const paddings = new Map<string, Padding>();
  const paddingOf = ({ at }: InputIndices): Padding | null => {
    if (at.kind === "list") return null;
    const known = paddings.get(at.rows.history);
    if (known !== undefined) return known;
    const made = padding(emit, at.rows);
    paddings.set(at.rows.history, made);
    return made;
  };
  const split = (x: TensorRef, places: InputIndices) =>
    splitHeads(emit, x, places, paddingOf(places), attributes.heads);
  const [left, right] = [split(q!, queries), split(k!, keys)];
  const scale = emit.floats([attributes.scale], []);
  const scores = emit.node("Mul", [product(emit, left, right, false, true), scale], { T: FLOAT });
  const padded = paddingOf(keys);
  const lowest = emit.floats([LOWEST], []);
  // A causal query sees no later step, so it sees no padding either.
  const isSeen = attributes.causal ? upTo(emit, keys, padded) : (padded?.isStep ?? null);
  const masked = isSeen === null ? scores : select(emit, isSeen, scores, lowest);
  return {
    q: left,
    k: right,
    v: split(v!, values),
    weights: emit.node("Softmax", [masked], { T: FLOAT }),
    scale,
    split,
    join: (x, places) => joinHeads(emit, x, places, paddingOf(places)),
  };
}

/** bool [queries, keys]: whether a key's position is at most the query's. */
function upTo(emit: TensorflowEmitter, { at }: InputIndices, padded: Padding | null): TensorRef {
  const length =
    at.kind === "list" || padded === null
      ? emit.ints([at.kind === "list" ? at.length : 1], [])
      : padded.longest;
  const times = range(emit, length);
  return integers(emit, "GreaterEqual", reshapeIntegers(emit, times, [-1, 1]), times);
}

/** Matrix products of the last two axes. */
export function product(
  emit: TensorflowEmitter,
  x: TensorRef,
  y: TensorRef,
  transposeX: boolean,
  transposeY: boolean,
): TensorRef {
  return emit.node("BatchMatMulV2", [x, y], { T: FLOAT, adj_x: flag(transposeX), adj_y: flag(transposeY) });
}

/** Converts packed steps to [rows, longest] and back. */
interface Padding {
  /** i32 scalar: the longest history, at least 1. */
  readonly longest: TensorRef;
  /** [rows, longest]: the indices of steps; for padding, the index after the last step. */
  readonly steps: TensorRef;
  /** bool [rows, 1, 1, longest] */
  readonly isStep: TensorRef;
  /** By step: its index in [rows · longest]. */
  readonly places: TensorRef;
}

function padding(emit: TensorflowEmitter, rows: Parameters<typeof stepLengths>[1]): Padding {
  const lengths = stepLengths(emit, rows);
  const first = firstSteps(emit, lengths);
  const most = emit.node("Max", [lengths, emit.ints([0], [1])], {
    T: INT,
    Tidx: INT,
    keep_dims: flag(false),
  });
  const longest = integers(emit, "Maximum", most, emit.ints([1], []));
  const times = range(emit, longest);
  const column = (x: TensorRef, ...ones: number[]) => reshapeIntegers(emit, x, [-1, ...ones]);
  const steps = selectIntegers(
    emit,
    integers(emit, "Less", times, column(lengths, 1)),
    integers(emit, "AddV2", column(first, 1), times),
    emit.count(rows),
  );
  const segments = emit.segments(rows);
  const time = integers(emit, "Sub", range(emit, emit.count(rows)), gatherIntegers(emit, first, segments));
  return {
    longest,
    steps,
    isStep: integers(emit, "Less", times, column(lengths, 1, 1, 1)),
    places: integers(emit, "AddV2", integers(emit, "Mul", segments, longest), time),
  };
}

function splitHeads(
  emit: TensorflowEmitter,
  x: TensorRef,
  { width, at }: InputIndices,
  padded: Padding | null,
  many: number,
): TensorRef {
  const size = [many, width / many];
  let byPlace: TensorRef;
  if (at.kind === "list" || padded === null) {
    byPlace = reshape(emit, x, [-1, at.kind === "list" ? at.length : 1, ...size]);
  } else {
    const shape = emit.node(
      "ConcatV2",
      [
        emit.ints([-1], [1]),
        reshapeIntegers(emit, padded.longest, [1]),
        emit.ints(size, [2]),
        emit.ints([0], []),
      ],
      { N: { kind: "int", value: 3 }, T: INT, Tidx: INT },
    );
    byPlace = emit.node("Reshape", [gatherOrZero(emit, x, [width], padded.steps), shape], {
      T: FLOAT,
      Tshape: INT,
    });
  }
  return exchanged(emit, byPlace);
}

function joinHeads(
  emit: TensorflowEmitter,
  x: TensorRef,
  { rows, width, at }: InputIndices,
  padded: Padding | null,
): TensorRef {
  const byPlace = exchanged(emit, x);
  if (at.kind === "list" || padded === null) {
    const length = at.kind === "list" ? at.length : 1;
    return reshape(emit, byPlace, rows.kind === "once" ? [length, width] : [-1, length, width]);
  }
  return gather(emit, reshape(emit, byPlace, [-1, width]), padded.places);
}

/** [rows, a, b, width] as [rows, b, a, width]. */
function exchanged(emit: TensorflowEmitter, x: TensorRef): TensorRef {
  return emit.node("Transpose", [x, emit.ints([0, 2, 1, 3], [4])], { T: FLOAT, Tperm: INT });
}
