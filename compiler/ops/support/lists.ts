// What ops on lists share. A list is the first of a value's dims, of a length known when compiling: [n, ..] holds n
// items [..] in each row. In memory its items lie as a history's steps do, so that generated code uses their kernels.

import type { KernelName } from "../../../runtime/serve/kernels.ts";
import type { TensorflowEmitter, TensorRef } from "../../backends/tensorflow/lowering.ts";
import { call, type TypescriptStep } from "../../backends/typescript/lowering.ts";
import { sizeOf, type TensorType } from "../../graph/graph.ts";
import { invariant } from "../../internal-error.ts";
import { describeType, onlyInput, requireFloat } from "./shapes.ts";
import { FLOAT, flag, INT } from "./tensorflow.ts";
import { count, input, number, output } from "./typescript.ts";

export interface List {
  readonly type: TensorType;
  readonly length: number;
  /** Dims of each item. */
  readonly item: readonly number[];
}

/** The only input as a list: f32 with two dims or more. */
export function onlyList(op: string, inputs: readonly TensorType[]): List {
  const type = onlyInput(op, inputs);
  requireFloat(op, type);
  return listOf(op, type);
}

export function listOf(op: string, type: TensorType): List {
  const [length, ...item] = type.dims;
  invariant(length !== undefined && item.length > 0, `${op} of ${describeType(type)}, which is no list`);
  return { type, length, item };
}

/** A kernel over the items of each row of x, as over the steps of a history: (out, x, rows, items, size of an item). */
export function listCall(kernel: KernelName, list: List): TypescriptStep {
  const { rows } = list.type;
  return call(kernel, output, input(0), count(rows), count(rows, list.length), number(sizeOf(list.item)));
}

/** Largest along one of the tensor's axes. */
export function largestAlong(emit: TensorflowEmitter, x: TensorRef, axis: number, keep: boolean): TensorRef {
  return emit.node("Max", [x, emit.ints([axis], [1])], { T: FLOAT, Tidx: INT, keep_dims: flag(keep) });
}
