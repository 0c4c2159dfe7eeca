// Shared code of attention and its gradient: the pairs that may attend, and the layout of positions in each
// row.

import { invariant } from "../../../common/internal-error.ts";
import type { AttentionAttributes } from "../../graph/attributes.ts";
import type { RowCounter } from "../../graph/define-op.ts";
import { type Rows, type StepsRows, sameRows, type TensorType } from "../../graph/types.ts";
import { describeType, eachOf } from "./shapes.ts";

/** The positions of each row: the items of a list, or the steps of a history. */
export interface InputIndices {
  /** The rows that have positions. */
  readonly rows: Rows;
  readonly width: number;
  readonly at:
    | { readonly kind: "list"; readonly length: number }
    | { readonly kind: "steps"; readonly rows: StepsRows };
}

export interface AttentionInputs {
  readonly rows: Rows;
  readonly queries: InputIndices;
  readonly keys: InputIndices;
  readonly values: InputIndices;
}

/** Positions of queries, keys and values [.., width]; keys and values have the same ones. */
export function attentionInputs(
  op: string,
  inputs: readonly TensorType[],
  { heads, causal }: AttentionAttributes,
): AttentionInputs {
  const [q, k, v] = inputs as readonly [TensorType, TensorType, TensorType];
  const misfit = `${causal ? "causal " : ""}${op} of ${[q, k, v].map(describeType).join(", ")} in ${heads} heads`;
  const [queries, keys, values] = [q, k, v].map((type) => placesOf(type, misfit)) as [
    InputIndices,
    InputIndices,
    InputIndices,
  ];
  const { rows } = queries;
  invariant(sameRows(rows, keys.rows) && sameRows(rows, values.rows), misfit);
  invariant(samePlaces(keys, values) && queries.width === keys.width, misfit);
  invariant(!causal || samePlaces(queries, keys), misfit);
  invariant(heads >= 1 && queries.width % heads === 0 && values.width % heads === 0, misfit);
  return { rows, queries, keys, values };
}

function placesOf({ rows, dims }: TensorType, misfit: string): InputIndices {
  const [first, width] = dims;
  invariant(first !== undefined && dims.length <= 2, misfit);
  if (width !== undefined) return { rows, width, at: { kind: "list", length: first } };
  invariant(rows.kind === "steps", misfit);
  return { rows: eachOf(rows), width: first, at: { kind: "steps", rows } };
}

function samePlaces({ at: a }: InputIndices, { at: b }: InputIndices): boolean {
  if (a.kind === "list") return b.kind === "list" && a.length === b.length;
  return b.kind === "steps" && sameRows(a.rows, b.rows);
}

/** The number of positions of all rows together. */
export function indexCount({ rows, at }: InputIndices, count: RowCounter): number {
  return at.kind === "list" ? count(rows) * at.length : count(at.rows);
}

/** The number of pairs of a query and a key it attends to, assuming that all rows have equally many. */
export function pairCount(
  { rows, queries, keys }: AttentionInputs,
  causal: boolean,
  count: RowCounter,
): number {
  const each = count(rows);
  if (each === 0) return 0;
  const queryCount = indexCount(queries, count);
  const all = (queryCount * indexCount(keys, count)) / each;
  return causal ? (all + queryCount) / 2 : all;
}
