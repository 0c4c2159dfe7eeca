// TensorFlow nodes for the positions of the packed steps of each row: i32 vectors by row or by step.

import type { StepsRows } from "../../middle/graph/types.ts";
import { eachOf } from "../../middle/ops/support/shapes.ts";
import type { TensorflowEmitter, TensorRef } from "./lowering.ts";
import { flag, INT } from "./nodes.ts";

/** The number of steps of each row. */
export function stepLengths(emit: TensorflowEmitter, rows: StepsRows): TensorRef {
  const size = emit.node("Reshape", [emit.count(rows), emit.ints([1], [1])], { T: INT, Tshape: INT });
  const ones = emit.node("Fill", [size, emit.ints([1], [])], { T: INT, index_type: INT });
  return emit.node("UnsortedSegmentSum", [ones, emit.segments(rows), emit.count(eachOf(rows))], {
    T: INT,
    Tindices: INT,
    Tnumsegments: INT,
  });
}

/**
 * The index of each row's first step, from the rows' lengths; for a row without steps, that of the next row
 * with steps.
 */
export function firstSteps(emit: TensorflowEmitter, lengths: TensorRef): TensorRef {
  return emit.node("Cumsum", [lengths, emit.ints([0], [])], {
    T: INT,
    Tidx: INT,
    exclusive: flag(true),
    reverse: flag(false),
  });
}

/** By step, the number of later steps in its row. */
export function stepPositions(emit: TensorflowEmitter, rows: StepsRows): TensorRef {
  const lengths = stepLengths(emit, rows);
  const end = integers(emit, "AddV2", firstSteps(emit, lengths), lengths);
  const next = integers(emit, "AddV2", range(emit, emit.count(rows)), emit.ints([1], []));
  return integers(emit, "Sub", gatherIntegers(emit, end, emit.segments(rows)), next);
}

/** 0 … count − 1. */
export function range(emit: TensorflowEmitter, count: TensorRef): TensorRef {
  return emit.node("Range", [emit.ints([0], []), count, emit.ints([1], [])], { Tidx: INT });
}

export function integers(
  emit: TensorflowEmitter,
  op: "AddV2" | "Sub" | "Mul" | "Maximum" | "Minimum" | "FloorDiv" | "Less" | "GreaterEqual" | "Equal",
  x: TensorRef,
  y: TensorRef,
): TensorRef {
  return emit.node(op, [x, y], { T: INT });
}

export function gatherIntegers(emit: TensorflowEmitter, x: TensorRef, at: TensorRef): TensorRef {
  return emit.node("GatherV2", [x, at, emit.ints([0], [])], { Tparams: INT, Tindices: INT, Taxis: INT });
}

export function reshapeIntegers(emit: TensorflowEmitter, x: TensorRef, shape: readonly number[]): TensorRef {
  return emit.node("Reshape", [x, emit.ints(shape, [shape.length])], { T: INT, Tshape: INT });
}

export function selectIntegers(
  emit: TensorflowEmitter,
  condition: TensorRef,
  yes: TensorRef,
  no: TensorRef,
): TensorRef {
  return emit.node("SelectV2", [condition, yes, no], { T: INT });
}
