// Helpers that the ONNX lowerings share. A value is a tensor [rows, ...dims], or [...dims] if it is known once.

import type { Rows, StepsRows, TensorType } from "../../middle/graph/types.ts";
import { LOWEST } from "../../middle/ops/support/references.ts";
import { eachOf } from "../../middle/ops/support/shapes.ts";
import type { OnnxAttributes, OnnxEmitter, OnnxRef } from "./lowering.ts";

/** The format's numbers of element types. */
const FLOAT = 1;
const INT32 = 6;
const INT64 = 7;

/** An index after the end of any axis. */
export const END = Number.MAX_SAFE_INTEGER;

export function int(value: number): OnnxAttributes[string] {
  return { kind: "int", value };
}

export function ints(...values: number[]): OnnxAttributes[string] {
  return { kind: "ints", values };
}

/** Converts to f32: true and false become 1 and 0. */
export function toFloat(emit: OnnxEmitter, x: OnnxRef): OnnxRef {
  return emit.node("Cast", [x], { to: int(FLOAT) });
}

/** Converts whole numbers to int64, the type of `emit.ints`. */
export function toWide(emit: OnnxEmitter, x: OnnxRef): OnnxRef {
  return emit.node("Cast", [x], { to: int(INT64) });
}

/** Converts whole numbers to int32, the type of ids. */
export function toIds(emit: OnnxEmitter, x: OnnxRef): OnnxRef {
  return emit.node("Cast", [x], { to: int(INT32) });
}

export function scalar(emit: OnnxEmitter, value: number): OnnxRef {
  return emit.floats([value], []);
}

/** The shape of a tensor with these rows and dims. */
export function shapeOf(emit: OnnxEmitter, rows: Rows, dims: readonly number[]): OnnxRef {
  return rows.kind === "once" ? emit.ints(dims) : joined(emit, [emit.count(rows)], dims);
}

/** A vector of numbers known at run time, followed by known ones. */
function joined(emit: OnnxEmitter, first: readonly OnnxRef[], rest: readonly number[]): OnnxRef {
  const parts = rest.length === 0 ? first : [...first, emit.ints(rest)];
  return parts.length === 1 ? parts[0]! : emit.node("Concat", parts, { axis: int(0) });
}

/** The same numbers with the dims of `type`; the rows stay. */
export function reshape(emit: OnnxEmitter, x: OnnxRef, { rows, dims }: TensorType): OnnxRef {
  return emit.node("Reshape", [x, emit.ints(rows.kind === "once" ? dims : [-1, ...dims])]);
}

export function unsqueeze(emit: OnnxEmitter, x: OnnxRef, axis: number): OnnxRef {
  return emit.node("Unsqueeze", [x, emit.ints([axis])]);
}

/** Repeats x to these rows and dims; dims of 1 grow too. */
export function expand(
  emit: OnnxEmitter,
  x: OnnxRef,
  { rows, dims }: Pick<TensorType, "rows" | "dims">,
): OnnxRef {
  return emit.node("Expand", [x, shapeOf(emit, rows, dims)]);
}

export function filled(emit: OnnxEmitter, value: number, type: Pick<TensorType, "rows" | "dims">): OnnxRef {
  return expand(emit, scalar(emit, value), type);
}

export function reduce(
  emit: OnnxEmitter,
  op: "ReduceSum" | "ReduceMax",
  x: OnnxRef,
  axis: number,
  keep: boolean,
): OnnxRef {
  return emit.node(op, [x, emit.ints([axis])], { keepdims: int(keep ? 1 : 0) });
}

/** The indices `from` … `to` − 1 along an axis, int64 [1] each. */
export function slice(emit: OnnxEmitter, x: OnnxRef, axis: number, from: OnnxRef, to: OnnxRef): OnnxRef {
  return emit.node("Slice", [x, from, to, emit.ints([axis])]);
}

export function concat(emit: OnnxEmitter, parts: readonly OnnxRef[], axis: number): OnnxRef {
  return emit.node("Concat", parts, { axis: int(axis) });
}

export function gather(emit: OnnxEmitter, x: OnnxRef, places: OnnxRef, axis = 0): OnnxRef {
  return emit.node("Gather", [x, places], { axis: int(axis) });
}

/** The whole numbers 0 … count − 1; `count` is int64 [1]. */
export function range(emit: OnnxEmitter, count: OnnxRef): OnnxRef {
  const single = (x: OnnxRef) => emit.node("Squeeze", [x, emit.ints([0])]);
  return emit.node("Range", [single(emit.ints([0])), single(count), single(emit.ints([1]))]);
}

/** Steps with an axis of their own: [steps, ...] of one request, or [rows, steps, ...] of candidates. */
export interface StepView {
  /** The axis of the steps. */
  readonly axis: 0 | 1;
  /** The steps of each row along that axis. */
  view(x: OnnxRef, dims: readonly number[]): OnnxRef;
  /** One value a row, [rows, ...dims], as a single step. */
  asStep(x: OnnxRef): OnnxRef;
  /** `count` equal steps in each row; `count` is int64 [1]. */
  filled(value: number, count: OnnxRef, dims: readonly number[]): OnnxRef;
  /** A single step, or the steps of one row, repeated for all rows and steps. */
  repeated(x: OnnxRef, dims: readonly number[]): OnnxRef;
  /** The inverse of `view`: [rows · steps, ...dims]. */
  packed(x: OnnxRef, dims: readonly number[]): OnnxRef;
  /** Reduces a view to one value per row, [rows, ...dims]. */
  reduce(op: "ReduceSum" | "ReduceMax", x: OnnxRef): OnnxRef;
}

export function stepView(emit: OnnxEmitter, rows: StepsRows): StepView {
  const isRequest = rows.per === "request";
  const each = emit.count(eachOf(rows));
  const axis = isRequest ? 0 : 1;
  const sizes = isRequest ? [emit.stepCount(rows)] : [each, emit.stepCount(rows)];
  return {
    axis,
    view: (x, dims) =>
      isRequest
        ? x
        : // A length of 0 means 0, not a copied size
          emit.node("Reshape", [x, joined(emit, sizes, dims)], { allowzero: int(1) }),
    asStep: (x) => (isRequest ? x : unsqueeze(emit, x, 1)),
    filled: (value, count, dims) =>
      emit.node("Expand", [scalar(emit, value), joined(emit, isRequest ? [count] : [each, count], dims)]),
    repeated: (x, dims) => emit.node("Expand", [x, joined(emit, sizes, dims)]),
    packed: (x, dims) => (isRequest ? x : emit.node("Reshape", [x, emit.ints([-1, ...dims])])),
    reduce: (op, x) => reduce(emit, op, x, axis, isRequest),
  };
}

/** The position of each step of a row; the last is 0. int64 [steps]. */
export function positions(emit: OnnxEmitter, rows: StepsRows): OnnxRef {
  // Not a range down to 0: onnxruntime 1.30 turns a gather by one into a slice whose end of −1 has another
  // meaning.
  const count = emit.stepCount(rows);
  const last = emit.node("Sub", [count, emit.ints([1])]);
  return emit.node("Sub", [last, range(emit, count)]);
}

/** Repeats a value known once for each of `rows`; returns other values unchanged. */
export function withRows(emit: OnnxEmitter, x: OnnxRef, from: TensorType, rows: Rows): OnnxRef {
  return from.rows.kind === "once" && rows.kind !== "once" ? expand(emit, x, { ...from, rows }) : x;
}

/** 0 for the maximum of no numbers, which is `LOWEST`; other values unchanged. */
export function zeroIfLowest(emit: OnnxEmitter, x: OnnxRef): OnnxRef {
  return emit.node("Where", [emit.node("LessOrEqual", [x, scalar(emit, LOWEST)]), scalar(emit, 0), x]);
}

/**
 * For each row of `out`, combines the updates [n, ...dims] with its number by `reduction`, starting from
 * `initial`.
 */
export function scatter(
  emit: OnnxEmitter,
  reduction: "add" | "max",
  initial: number,
  updates: OnnxRef,
  numbers: OnnxRef,
  out: TensorType,
): OnnxRef {
  const column = emit.node("Reshape", [numbers, emit.ints([-1, ...out.dims.map(() => 1)])]);
  const places = emit.node("Expand", [column, emit.ints([1, ...out.dims])]);
  return emit.node("ScatterElements", [filled(emit, initial, out), places, updates], {
    axis: int(0),
    reduction: { kind: "string", value: reduction },
  });
}
