// The reference of attention, query by query, as in its definition.

import { largest } from "../../../common/arrays.ts";
import type { AttentionAttributes } from "../../graph/attributes.ts";
import type { OpContext, ReferenceValue, RowLayout } from "../../graph/define-op.ts";
import { type AttentionInputs, attentionInputs, type InputIndices } from "./attention.ts";
import { stepsByRow } from "./references.ts";

/** One query of one head, and the keys that it attends to. */
export interface Attending {
  /** The offsets of the head's numbers in the arrays of queries and of keys, and the number of them. */
  readonly query: number;
  readonly keys: readonly number[];
  readonly width: number;
  /** The offsets of the query's result and of the keys' values. */
  readonly result: number;
  readonly values: readonly number[];
  readonly valueWidth: number;
  readonly scale: number;
  /** A weight for each key; their sum is 1: softmax of scale · q · k. */
  readonly weights: readonly number[];
}

/** All queries of all heads. */
export function attendings(
  [q, k]: readonly ReferenceValue[],
  { attributes, inputs }: OpContext<AttentionAttributes>,
  layout: RowLayout,
): Attending[] {
  const { heads, scale, causal } = attributes;
  const places = attentionInputs("attention", inputs, attributes);
  const width = places.queries.width / heads;
  const valueWidth = places.values.width / heads;
  return groups(places, layout).flatMap(({ queries, keys }) =>
    Array.from({ length: heads }, (_, head) =>
      queries.map((at, place): Attending => {
        const query = (at * heads + head) * width;
        const seen = causal ? keys.slice(0, place + 1) : keys;
        const starts = seen.map((key) => (key * heads + head) * width);
        const scores = starts.map((start) => scale * dot(q!, query, k!, start, width));
        const most = largest(scores);
        const exponentials = scores.map((score) => Math.exp(score - most));
        const total = exponentials.reduce((a, b) => a + b, 0);
        return {
          query,
          keys: starts,
          width,
          result: (at * heads + head) * valueWidth,
          values: seen.map((key) => (key * heads + head) * valueWidth),
          valueWidth,
          scale,
          weights: exponentials.map((each) => each / total),
        };
      }),
    ).flat(),
  );
}

/** For each row, the indices of its queries and keys among those of all rows. */
function groups(
  { rows, queries, keys }: AttentionInputs,
  layout: RowLayout,
): { queries: number[]; keys: number[] }[] {
  const placesOf = ({ at }: InputIndices) => {
    if (at.kind === "steps") return stepsByRow(at.rows, layout);
    const { length } = at;
    return Array.from({ length: layout.count(rows) }, (_, row) =>
      Array.from({ length }, (_, i) => row * length + i),
    );
  };
  const keysOf = placesOf(keys);
  return placesOf(queries).map((own, row) => ({ queries: own, keys: keysOf[row]! }));
}

/** The sum of a[from + i] · b[to + i] over `width` numbers. */
export function dot(a: ReferenceValue, from: number, b: ReferenceValue, to: number, width: number): number {
  let sum = 0;
  for (let i = 0; i < width; i++) sum += a[from + i]! * b[to + i]!;
  return sum;
}

/** Adds factor · a[from + i] to out[at + i], over `width` numbers. */
export function addTo(
  out: ReferenceValue,
  at: number,
  factor: number,
  a: ReferenceValue,
  from: number,
  width: number,
): void {
  for (let i = 0; i < width; i++) out[at + i] = out[at + i]! + factor * a[from + i]!;
}
