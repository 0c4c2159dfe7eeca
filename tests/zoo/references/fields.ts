// What many models of the zoo begin with: the six fields of an example, and the linear part over them.

import type { Matrix, Network } from "../../support/network.ts";

export const FIELDS = ["user_id", "gender", "age", "occupation", "item_id", "genre"] as const;

export function fieldsOf(network: Network, example: number): Matrix {
  return FIELDS.map((feature) => network.vector(example, feature));
}

/** Σ wᵢ, the weights of the example's ids. */
export function firstOrder(network: Network, example: number): number {
  return FIELDS.reduce((sum, feature) => sum + network.vector(example, feature, `${feature}.weight`)[0]!, 0);
}

export function pairsOf<T>(list: readonly T[]): (readonly [T, T])[] {
  return list.flatMap((a, i) => list.slice(i + 1).map((b) => [a, b] as const));
}
