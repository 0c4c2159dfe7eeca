// Shared code of ops on lists. The first dim of a list has a length known at compile time: [n, ..] holds n
// items [..] in each row. Items have the memory layout of a history's steps, so generated code uses the same
// kernels.

import { invariant } from "../../../common/internal-error.ts";
import type { TensorType } from "../../graph/types.ts";
import { describeType, onlyInput, requireFloat } from "./shapes.ts";

export interface List {
  readonly type: TensorType;
  readonly length: number;
  /** Dims of each item. */
  readonly item: readonly number[];
}

/** The only input as a list: f32 with at least two dims. */
export function onlyList(op: string, inputs: readonly TensorType[]): List {
  const type = onlyInput(op, inputs);
  requireFloat(op, type);
  return listOf(op, type);
}

export function listOf(op: string, type: TensorType): List {
  const [length, ...item] = type.dims;
  invariant(length !== undefined && item.length > 0, `${op} of ${describeType(type)}, which isn't a list`);
  return { type, length, item };
}
