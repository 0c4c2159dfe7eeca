// Numbers of pairs of steps, as expressions of values that have no pairs: of the step that looks (the query), of the step
// that it faces (the key), and of what all pairs share.

import type { OpUse } from "../graph/attributes.ts";
import type { NodeId } from "../graph/graph.ts";
import type { StepsRows } from "../graph/types.ts";

/** The index of a value among those of a Graph's pairs. */
export type PairId = number & { readonly __pair: unique symbol };

/** A number for each pair. */
export type PairValue =
  | { readonly kind: "constant"; readonly value: number }
  /** The number of the query [1], of the key (a list of the row, [places, 1], or one of all rows), or one of all pairs. */
  | { readonly kind: "stream"; readonly by: "query" | "key" | "place" | "all"; readonly node: NodeId }
  | { readonly kind: "op"; readonly use: OpUse; readonly operands: readonly PairId[] }
  /** The inner product of a vector of the query and one of the key. */
  | { readonly kind: "product"; readonly query: NodeId; readonly key: NodeId; readonly width: number }
  /** e to the distance from the largest number of the query. */
  | { readonly kind: "decay"; readonly of: PairId; readonly largest: PairId }
  /** The number of ascending bounds that a number reaches. */
  | {
      readonly kind: "bucket";
      readonly of: PairId;
      readonly bounds: readonly number[];
      readonly boundsNode: NodeId;
    }
  /** The number of a bucket in a table [bounds + 1, 1]. */
  | { readonly kind: "entry"; readonly of: PairId; readonly table: NodeId }
  /** The largest number, or the sum, of all keys of the query. */
  | { readonly kind: "largest" | "total"; readonly of: PairId };

/** A sum over pairs: a value of the Graph that has no pairs itself. */
export type PairSum =
  /** By query: Σ factor · vector of the key, over the keys and the terms. */
  | {
      readonly kind: "gather";
      readonly terms: readonly { readonly factor: PairId; readonly key: NodeId }[];
      readonly width: number;
    }
  /** By key, in a list: Σ factor · vector of the query, over the queries. */
  | {
      readonly kind: "spread";
      readonly terms: readonly { readonly factor: PairId; readonly query: NodeId }[];
      readonly width: number;
    }
  /** Sums of numbers by query; by key, in a list; and by place of the list, of all rows together. */
  | { readonly kind: "by_query" | "by_key" | "by_place"; readonly of: PairId }
  /** The gradient of a table of buckets. */
  | { readonly kind: "by_bucket"; readonly of: PairId; readonly bucket: PairId; readonly buckets: number };

/** A node that is a sum over pairs. */
export interface SummedPairs {
  readonly node: NodeId;
  readonly sum: PairSum;
  /** The rows of the queries and of the keys, and the length of lists of keys. */
  readonly queries: StepsRows;
  readonly keys: StepsRows;
  readonly places: number;
  /** Values without pairs that the sum is computed from. */
  readonly leaves: readonly NodeId[];
}

/** The values that a value is computed from. */
export function operandsOfPair(value: PairValue): readonly PairId[] {
  switch (value.kind) {
    case "op":
      return value.operands;
    case "decay":
      return [value.of, value.largest];
    case "bucket":
    case "entry":
    case "largest":
    case "total":
      return [value.of];
    default:
      return [];
  }
}

/** The numbers that a sum adds up, or multiplies vectors by. */
export function summedBy(sum: PairSum): readonly PairId[] {
  switch (sum.kind) {
    case "gather":
    case "spread":
      return sum.terms.map(({ factor }) => factor);
    case "by_bucket":
      return [sum.of, sum.bucket];
    default:
      return [sum.of];
  }
}
