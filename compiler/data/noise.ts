// Random inputs of a training step: noise for dropout, numbers of a distribution, permutations of the rows, drawn ids.
// Each input of each step has its own random stream, so the values depend only on seed, layer and step, not on the
// thread or back end.

import type { BatchArrays } from "../backends/contract/batch.ts";
import { firstIndex } from "../common/arrays.ts";
import { invariant } from "../common/internal-error.ts";
import { Random } from "../common/random.ts";
import { FIRST_ID, UNKNOWN_ID } from "../frontend/model/model.ts";
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
  /** The share of the steps of each history that a permutation moves; absent if it moves all rows. */
  readonly share?: number;
}

/** The random streams; without them nothing is drawn, as in predictions. */
export interface RandomStreams {
  readonly seed: number;
  /** The step of the first batch, from 1, counted over all epochs. */
  readonly step: number;
  /** By input with drawn ids: see `CumulativeShares`. An input without them draws all known ids alike. */
  readonly shares?: ReadonlyMap<string, CumulativeShares>;
}

/** For each id of a table, the probability that a draw gives it or a smaller id. */
export type CumulativeShares = Float64Array;

/** An input with drawn ids. */
export interface PlannedDraw {
  readonly input: string;
  /** The number of ids. */
  readonly count: number;
  /** The number of rows of their tables. */
  readonly rows: number;
  /** The input with the ids in the whole table, if they are compared, and that with their probabilities. */
  readonly ids: string | null;
  readonly probabilities: string | null;
}

/** Ids are drawn by their `counts` to a power. If no known id has a count, all are drawn alike. */
export function cumulativeShares(counts: Float64Array, power: number): CumulativeShares | null {
  const shares = new Float64Array(counts.length);
  let sum = 0;
  for (let id = FIRST_ID; id < counts.length; id++) {
    if (counts[id]! > 0) sum += counts[id]! ** power;
    shares[id] = sum;
  }
  return sum === 0 ? null : shares.map((share) => share / sum);
}

/** Known ids, drawn with replacement, and the probability of each. */
export function drawIds(
  { input, count, rows }: PlannedDraw,
  { seed, step, shares: all }: RandomStreams,
  { ints, floats }: BatchArrays,
): { readonly ids: Int32Array; readonly probabilities: Float32Array } {
  const random = Random.of(seed, `${input} step ${step}`);
  const [ids, probabilities] = [ints(count), floats(count)];
  const shares = all?.get(input);
  const known = rows - FIRST_ID;
  for (let i = 0; i < count; i++) {
    const at = random.next();
    const id =
      shares === undefined
        ? known > 0
          ? FIRST_ID + Math.floor(at * known)
          : UNKNOWN_ID
        : // The last share is 1, and `at` is below 1.
          firstIndex(shares.length, (each) => shares[each]! > at);
    ids[i] = id;
    probabilities[i] = shares === undefined ? 1 / Math.max(1, known) : shares[id]! - shares[id - 1]!;
  }
  return { ids, probabilities };
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
