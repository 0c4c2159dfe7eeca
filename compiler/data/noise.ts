// Random inputs of a training step: noise for dropout, numbers of a distribution, permutations of the rows. Each input of each step has
// its own random stream, so the values depend only on seed, layer and step, not on the thread or back end.

import type { BatchArrays } from "../backends/contract/batch.ts";
import { invariant } from "../common/internal-error.ts";
import { Random } from "../common/random.ts";
import type { Distribution, InputRole } from "../middle/graph/attributes.ts";
import type { Node } from "../middle/graph/graph.ts";
import { type Rows, sizeOf } from "../middle/graph/types.ts";

/** An input with drawn values: f32, for `noise` in [0, 1), or i32, a permutation of the rows. */
export interface PlannedNoise {
  readonly input: string;
  readonly kind: "noise" | "permutation" | Distribution;
  readonly rows: Rows;
  /** The number of values per row. */
  readonly size: number;
  /** Of a permutation: the share of the steps of each history that it moves; absent if it moves all rows. */
  readonly share?: number;
}

/** The random streams; without them nothing is drawn, as in predictions. */
export interface RandomStreams {
  readonly seed: number;
  /** The step of the first batch, from 1, counted over all epochs. */
  readonly step: number;
}

export function plannedNoise(inputs: readonly Node<"input">[]): PlannedNoise[] {
  return inputs.flatMap(({ attributes: { name, role }, type: { rows, dims } }) => {
    const kind = kindOf(role);
    const share = role.kind === "permutation" && role.share !== undefined ? { share: role.share } : {};
    return kind === null ? [] : [{ input: name, kind, rows, size: sizeOf(dims), ...share }];
  });
}

/** Null if nothing is drawn for the input. */
function kindOf(role: InputRole): PlannedNoise["kind"] | null {
  if (role.kind === "random") return role.distribution;
  return role.kind === "noise" || role.kind === "permutation" ? role.kind : null;
}

/** Draws the noise for `rows` rows; `rowOf` tells which example each step belongs to. */
export function drawNoise(
  { kind, input, size, share }: PlannedNoise,
  rows: number,
  { seed, step }: RandomStreams,
  { ints, floats }: BatchArrays,
  rowOf: Int32Array | null = null,
): Float32Array | Int32Array {
  const random = Random.of(seed, `${input} step ${step}`);
  switch (kind) {
    case "noise":
      return random.uniform(floats(rows * size));
    case "uniform":
      return random.betweenZeroAndOne(floats(rows * size));
    case "normal":
      return random.normals(floats(rows * size));
    case "permutation":
      if (share === undefined) return random.shuffled(ints(rows));
      invariant(rowOf !== null, `${input} moves steps`);
      return reordered(random, ints(rows), rowOf, share);
  }
}

/** The numbers of all steps, where in each example a run of ⌊share · steps⌋ of them is shuffled. */
function reordered(random: Random, order: Int32Array, rowOf: Int32Array, share: number): Int32Array {
  for (let i = 0; i < order.length; i++) order[i] = i;
  for (let first = 0, end = 0; first < order.length; first = end) {
    while (end < order.length && rowOf[end] === rowOf[first]) end++;
    const moved = Math.floor(share * (end - first));
    const from = first + random.integer(end - first - moved + 1);
    random.shuffle(order.subarray(from, from + moved));
  }
  return order;
}
