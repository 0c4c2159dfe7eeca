// What many models of the zoo begin with: the six fields of an example, and the linear part over them.

import { add, type Matrix, type Network, scale } from "../../support/network.ts";

export const FIELDS = ["user_id", "gender", "age", "occupation", "item_id", "genre"] as const;

export function fieldsOf(network: Network, example: number): Matrix {
  return FIELDS.map((feature) => network.vector(example, feature));
}

/** What the user thought of the film, in a loss. */
export const labelOf = (network: Network, example: number): number =>
  network.vector(example, "label/like")[0]!;

/** Σ wᵢ, the weights of the example's ids. */
export function firstOrder(network: Network, example: number): number {
  return FIELDS.reduce((sum, feature) => sum + network.vector(example, feature, `${feature}.weight`)[0]!, 0);
}

export function pairsOf<T>(list: readonly T[]): (readonly [T, T])[] {
  return list.flatMap((a, i) => list.slice(i + 1).map((b) => [a, b] as const));
}

export const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

/** The n-th of things called the same: `mlp`, `mlp_2`, … */
export const numbered = (name: string, n: number): string => (n === 1 ? name : `${name}_${n}`);

/** What `mix` at `name` makes of a list: sums weighted by the columns of its kernel. */
export function mixed(network: Network, name: string, list: Matrix): Matrix {
  const w = network.matrix(`${name}.kernel`);
  return w[0]!.map((_, j) => add(...list.map((x, i) => scale(w[i]![j]!, x))));
}
