// The steps that each step faces. In a row's values they are a list as long as the history may be, the latest
// step first; `mask` says which of its elements are steps. The others are never read: this file names every
// function that goes along the list.

import type { NodeId } from "../../middle/graph/graph.ts";
import { constantOf } from "./dims.ts";
import { isTensor } from "./types.ts";
import type { FunctionCall, TensorValue, Value } from "./values.ts";

/** Elementwise functions, and functions that use `mask`. Any other would take missing steps for steps. */
const ALONG_FACING: ReadonlySet<string> = new Set([
  ...["abs", "bias", "buckets", "clip", "concat", "cos", "dense", "dot", "dropout", "each", "exp", "fold"],
  ...[
    "layer_norm",
    "linear",
    "log",
    "log_loss",
    "max",
    "mean",
    "min",
    "none",
    "pow",
    "prelu",
    "relu",
    "sigmoid",
    "sign",
    "sin",
    "softmax",
  ],
  ...["random", "reverse_gradient"],
  ...[
    "silu",
    "softplus",
    "sqrt",
    "stages",
    "stop_gradient",
    "sum",
    "tanh",
    "total",
    "vector_dropout",
    "where",
  ],
]);

/** The axis that one of `values` faces, if `callee` does not go along it; else null. */
export function facedInVain(callee: string, values: Iterable<Value>): string | null {
  if (ALONG_FACING.has(callee)) return null;
  for (const value of values) {
    if (!isTensor(value)) continue;
    const axis = (value.type.list ?? value.outerAxes.list)?.facing;
    if (axis !== undefined) return axis;
  }
  return null;
}

/** 1 for each existing step and 0 for the others, per row: [places, 1]. */
export function maskOf(call: FunctionCall, axis: string, places: number): NodeId | null {
  const count = call.emit("count_steps", [], { history: axis, per: "example" });
  const counts = call.emit("broadcast_list", [count], { times: places });
  return call.emit("greater", [counts, numbersFrom(call, 0, places)], {});
}

/** `from`, `from` + 1, …, once [length, 1], made by doubling because a constant is one number. */
export function numbersFrom(call: Pick<FunctionCall, "emit">, from: number, length: number): NodeId | null {
  const constant = (value: number, rows: number) => call.emit("constant", [], { value, dims: [rows, 1] });
  let [numbers, known] = [constant(from, 1), 1];
  while (known < length) {
    const above = call.emit("add", [numbers, constant(known, known)], {});
    numbers = call.emit("concat", [numbers, above], { dim: 0 });
    known *= 2;
  }
  return known === length ? numbers : call.emit("slice", [numbers], { dim: 0, from: 0, to: length });
}

/** The mask of the list of `x`, for each step of its other axes. */
export function maskAt(call: FunctionCall, x: TensorValue): NodeId | null {
  const list = x.type.list!;
  const mask = maskOf(call, list.facing!, constantOf(list) ?? 1);
  const axis = x.type.axis ?? x.outerAxes.axis;
  return axis === null ? mask : call.emit("repeat", [mask], { history: axis.name });
}
