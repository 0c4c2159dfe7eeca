// Shared helpers of the TensorFlow lowerings: attributes by their field, and patterns that several ops need.
// A value is a tensor [rows, ...dims], or [...dims] if it is known once.

import type { Rows, StepsRows } from "../../middle/graph/types.ts";
import type { TensorflowAttribute, TensorflowEmitter, TensorRef } from "./lowering.ts";

export const FLOAT: TensorflowAttribute = { kind: "type", value: "float32" };
export const INT: TensorflowAttribute = { kind: "type", value: "int32" };

export function flag(value: boolean): TensorflowAttribute {
  return { kind: "bool", value };
}

/** i32 vector: the shape of a tensor with these rows and dims. */
export function shapeOf(emit: TensorflowEmitter, rows: Rows, dims: readonly number[]): TensorRef {
  if (rows.kind === "once") return emit.ints(dims, [dims.length]);
  return vector(emit, emit.count(rows), dims);
}

/** i32 vector: a number known at run time, followed by constants. */
export function vector(emit: TensorflowEmitter, first: TensorRef, rest: readonly number[]): TensorRef {
  const head = emit.node("Reshape", [first, emit.ints([1], [1])], { T: INT, Tshape: INT });
  if (rest.length === 0) return head;
  return emit.node("ConcatV2", [head, emit.ints(rest, [rest.length]), emit.ints([0], [])], {
    N: { kind: "int", value: 2 },
    T: INT,
    Tidx: INT,
  });
}

export function reshape(emit: TensorflowEmitter, x: TensorRef, shape: readonly number[]): TensorRef {
  return emit.node("Reshape", [x, emit.ints(shape, [shape.length])], { T: FLOAT, Tshape: INT });
}

export function gather(emit: TensorflowEmitter, x: TensorRef, positions: TensorRef, axis = 0): TensorRef {
  return emit.node("GatherV2", [x, positions, emit.ints([axis], [])], {
    Tparams: FLOAT,
    Tindices: INT,
    Taxis: INT,
  });
}

/** Rows of x [rows, ...dims] at `positions`; zeros at the position after the last row. */
export function gatherOrZero(
  emit: TensorflowEmitter,
  x: TensorRef,
  dims: readonly number[],
  positions: TensorRef,
): TensorRef {
  const ends = [[0, 1], ...dims.map(() => [0, 0])];
  const padded = emit.node("Pad", [x, emit.ints(ends.flat(), [ends.length, 2])], {
    T: FLOAT,
    Tpaddings: INT,
  });
  return gather(emit, padded, positions);
}

export function segmentReduce(
  emit: TensorflowEmitter,
  op: "UnsortedSegmentSum" | "UnsortedSegmentMax",
  x: TensorRef,
  segments: TensorRef,
  count: TensorRef,
): TensorRef {
  return emit.node(op, [x, segments, count], { T: FLOAT, Tindices: INT, Tnumsegments: INT });
}

/** Reduces each row's steps to one value. */
export function stepsReduce(
  emit: TensorflowEmitter,
  op: "UnsortedSegmentSum" | "UnsortedSegmentMax",
  x: TensorRef,
  rows: StepsRows,
): TensorRef {
  return segmentReduce(emit, op, x, emit.segments(rows), emit.count({ kind: "each", per: rows.per }));
}

/**
 * Sums x [steps, ...dims] over the steps of each row. Segments ascend, so SegmentSum applies, which takes a
 * third of UnsortedSegmentSum's time. Its result ends at the last row with steps; zeros are added for the
 * rows after it.
 */
export function stepsSum(
  emit: TensorflowEmitter,
  x: TensorRef,
  rows: StepsRows,
  dims: readonly number[],
): TensorRef {
  const sums = emit.node("SegmentSum", [x, emit.segments(rows)], { T: FLOAT, Tindices: INT });
  const shape = emit.node("Shape", [sums], { T: FLOAT, out_type: INT });
  const have = emit.node("Slice", [shape, emit.ints([0], [1]), emit.ints([1], [1])], { T: INT, Index: INT });
  const missing = emit.node("Sub", [emit.count({ kind: "each", per: rows.per }), have], { T: INT });
  const none = dims.flatMap(() => [0, 0]);
  const paddings = emit.node(
    "ConcatV2",
    [emit.ints([0], [1]), missing, emit.ints(none, [none.length]), emit.ints([0], [])],
    { N: { kind: "int", value: 3 }, T: INT, Tidx: INT },
  );
  const pairs = emit.node("Reshape", [paddings, emit.ints([-1, 2], [2])], { T: INT, Tshape: INT });
  return emit.node("Pad", [sums, pairs], { T: FLOAT, Tpaddings: INT });
}

export function sum(emit: TensorflowEmitter, x: TensorRef, axis: number, keep: boolean): TensorRef {
  return emit.node("Sum", [x, emit.ints([axis], [1])], { T: FLOAT, Tidx: INT, keep_dims: flag(keep) });
}

/** f32 scalar: the number of rows. */
export function floatCount(emit: TensorflowEmitter, rows: Rows): TensorRef {
  return emit.node("Cast", [emit.count(rows)], { SrcT: INT, DstT: FLOAT });
}

/** `yes` where the (bool) condition is true, else `no`; all broadcast. */
export function select(
  emit: TensorflowEmitter,
  condition: TensorRef,
  yes: TensorRef,
  no: TensorRef,
): TensorRef {
  return emit.node("SelectV2", [condition, yes, no], { T: FLOAT });
}

/** The maximum along one of the tensor's axes. */
export function largestAlong(emit: TensorflowEmitter, x: TensorRef, axis: number, keep: boolean): TensorRef {
  return emit.node("Max", [x, emit.ints([axis], [1])], { T: FLOAT, Tidx: INT, keep_dims: flag(keep) });
}
