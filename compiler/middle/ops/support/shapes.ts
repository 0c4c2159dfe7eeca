// Shared shape rules: how rows and dims of several inputs combine. A mismatch is an InternalError, because
// specs are checked long before their Graph is made.

import { invariant } from "../../../common/internal-error.ts";
import {
  type EachRows,
  type Rows,
  rowsKey,
  type StepsRows,
  sameRows,
  sizeOf,
  type TensorType,
} from "../../graph/types.ts";

/** The axis of the tensor that has the dim with index `dim`. */
export function axisOf(type: TensorType, dim: number): number {
  return type.rows.kind === "once" ? dim : dim + 1;
}

export function f32(rows: Rows, dims: readonly number[]): TensorType {
  return { rows, dims, dtype: "f32" };
}

/** Text such as `candidate×clicks [80] f32`. */
export function describeType(type: TensorType): string {
  return `${rowsKey(type.rows)} [${type.dims.join(", ")}] ${type.dtype}`;
}

export function sameType(a: TensorType, b: TensorType): boolean {
  return sameRows(a.rows, b.rows) && sameDims(a.dims, b.dims) && a.dtype === b.dtype;
}

export function sameDims(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((dim, i) => dim === b[i]);
}

/** The types of the inputs; throws InternalError unless there are `count`. */
export function inputsOf(op: string, inputs: readonly TensorType[], count: number): readonly TensorType[] {
  invariant(inputs.length === count, `${op} takes ${count} inputs, not ${inputs.length}`);
  return inputs;
}

/** The type of the only input. */
export function onlyInput(op: string, inputs: readonly TensorType[]): TensorType {
  return inputsOf(op, inputs, 1)[0]!;
}

export function requireFloat(op: string, ...types: readonly TensorType[]): void {
  for (const type of types) invariant(type.dtype === "f32", `${op} of ${describeType(type)}`);
}

/** The common rows of several values: all equal, or known once. */
export function joinRows(op: string, inputs: readonly Rows[]): Rows {
  let joined: Rows = { kind: "once" };
  for (const rows of inputs) {
    if (rows.kind === "once" || sameRows(rows, joined)) continue;
    invariant(joined.kind === "once", `${op} mixes rows ${rowsKey(joined)} and ${rowsKey(rows)}`);
    joined = rows;
  }
  return joined;
}

/** The common dims of two values: equal, or the last is 1 on one side. */
export function joinDims(op: string, x: readonly number[], y: readonly number[]): readonly number[] {
  const misfit = `${op} of dims [${x.join(", ")}] and [${y.join(", ")}]`;
  invariant(x.length === y.length, misfit);
  if (x.length === 0) return x;
  const { lead, last } = splitLast(x);
  const other = splitLast(y);
  invariant(sameDims(lead, other.lead), misfit);
  invariant(last === other.last || last === 1 || other.last === 1, misfit);
  return [...lead, last === 1 ? other.last : last];
}

/** Dims without the last, and the last (1 for a value without dims). */
export function splitLast(dims: readonly number[]): { lead: readonly number[]; last: number } {
  return { lead: dims.slice(0, -1), last: dims.at(-1) ?? 1 };
}

/** The numbers of elements in the dims before `dim`, and in those after it. */
export function around(dims: readonly number[], dim: number): { before: number; after: number } {
  return { before: sizeOf(dims.slice(0, dim)), after: sizeOf(dims.slice(dim + 1)) };
}

export function withDim(dims: readonly number[], dim: number, size: number): readonly number[] {
  return dims.map((old, i) => (i === dim ? size : old));
}

/** The rows whose steps these are. */
export function eachOf(rows: StepsRows): EachRows {
  return { kind: "each", per: rows.per };
}
