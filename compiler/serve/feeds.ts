// The inputs of an ONNX model, and values that are repeated for each candidate.

import { RankerInputError, readList } from "./requests.ts";

/** The candidates of a request: one at least, as onnxruntime has no recurrence over no rows and crashes. */
export function readSomeCandidates(request: { readonly candidates: unknown }): readonly unknown[] {
  const candidates = readList(request.candidates, "candidates");
  if (candidates.length === 0) throw new RankerInputError("candidates", "must hold one at least");
  return candidates;
}

/** One input of a model: numbers in the order of `dims`, the last of which runs fastest. */
export interface Feed {
  readonly type: "float32" | "int32";
  readonly data: Float32Array | Int32Array;
  readonly dims: readonly number[];
}

/** The numbers of `rows` rows, [rows, ...dims]. */
export function feedOf(data: Float32Array | Int32Array, dims: readonly number[]): Feed {
  return { type: data instanceof Int32Array ? "int32" : "float32", data, dims };
}

/** The same numbers `times` times, one after the other. */
export function repeatedInts(values: Int32Array, times: number): Int32Array {
  const all = new Int32Array(values.length * times);
  for (let i = 0; i < times; i++) all.set(values, i * values.length);
  return all;
}

/** As `repeatedInts`. */
export function repeatedFloats(values: Float32Array, times: number): Float32Array {
  const all = new Float32Array(values.length * times);
  for (let i = 0; i < times; i++) all.set(values, i * values.length);
  return all;
}

/** Numbers of rows, as `repeatedInts`, where the rows are repeated: each time they count on from the last one. */
export function repeatedRows(rowOf: Int32Array, rows: number, times: number): Int32Array {
  const all = repeatedInts(rowOf, times);
  for (let i = 0; i < all.length; i++) all[i]! += Math.floor(i / rowOf.length) * rows;
  return all;
}
