// The inputs of an ONNX model, including values repeated for each candidate.

import { RankerInputError, readList } from "./requests.ts";

/** The candidates of a request: at least one, because onnxruntime crashes on a recurrence over no rows. */
export function readSomeCandidates(request: { readonly candidates: unknown }): readonly unknown[] {
  const candidates = readList(request.candidates, "candidates");
  if (candidates.length === 0) throw new RankerInputError("candidates", "must hold one at least");
  return candidates;
}

/** An input of a model: numbers in the order of `dims`, whose last axis varies fastest. */
export interface Feed {
  readonly type: "float32" | "int32";
  readonly data: Float32Array | Int32Array;
  readonly dims: readonly number[];
}

/** An input with the numbers of `rows` rows, [rows, ...dims]. */
export function feedOf(data: Float32Array | Int32Array, dims: readonly number[]): Feed {
  return { type: data instanceof Int32Array ? "int32" : "float32", data, dims };
}

/** The numbers repeated `times` times. */
export function repeatedInts(values: Int32Array, times: number): Int32Array {
  const all = new Int32Array(values.length * times);
  for (let i = 0; i < times; i++) all.set(values, i * values.length);
  return all;
}

/** Like `repeatedInts`. */
export function repeatedFloats(values: Float32Array, times: number): Float32Array {
  const all = new Float32Array(values.length * times);
  for (let i = 0; i < times; i++) all.set(values, i * values.length);
  return all;
}

/** Like `repeatedInts`, for row numbers: each repetition continues the numbering. */
export function repeatedRows(rowOf: Int32Array, rows: number, times: number): Int32Array {
  const all = repeatedInts(rowOf, times);
  for (let i = 0; i < all.length; i++) all[i]! += Math.floor(i / rowOf.length) * rows;
  return all;
}
