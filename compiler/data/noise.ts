// Random inputs of a training step: noise for dropout, permutations of the rows. Each input of each step has
// its own random stream, so the values depend only on seed, layer and step, not on the thread or back end.

import type { BatchArrays } from "../backends/contract/batch.ts";
import { Random } from "../common/random.ts";
import type { Node } from "../middle/graph/graph.ts";
import { type Rows, sizeOf } from "../middle/graph/types.ts";

/** An input with drawn values: f32 in [0, 1), or i32, a permutation of the rows. */
export interface PlannedNoise {
  readonly input: string;
  readonly kind: "noise" | "permutation";
  readonly rows: Rows;
  /** The number of values per row. */
  readonly size: number;
}

/** The random streams; without them nothing is drawn, as in predictions. */
export interface RandomStreams {
  readonly seed: number;
  /** The step of the first batch, from 1, counted over all epochs. */
  readonly step: number;
}

export function plannedNoise(inputs: readonly Node<"input">[]): PlannedNoise[] {
  return inputs.flatMap(({ attributes: { name, role }, type }) =>
    role.kind === "noise" || role.kind === "permutation"
      ? [{ input: name, kind: role.kind, rows: type.rows, size: sizeOf(type.dims) }]
      : [],
  );
}

/** Draws the noise for `rows` rows. */
export function drawNoise(
  { kind, input, size }: PlannedNoise,
  rows: number,
  { seed, step }: RandomStreams,
  { ints, floats }: BatchArrays,
): Float32Array | Int32Array {
  const random = Random.of(seed, `${input} step ${step}`);
  return kind === "noise" ? random.uniform(floats(rows * size)) : random.shuffled(ints(rows));
}
