// Random inputs of a training step: noise for dropout, permutations of the rows. Each input of each step has its own random
// stream, so that the values depend on seed, layer and step alone, and not on the thread or back end.

import type { BatchArrays } from "../backends/contract/batch.ts";
import { Random } from "../common/random.ts";
import type { Node } from "../middle/graph/graph.ts";
import { type Rows, sizeOf } from "../middle/graph/types.ts";

/** An input whose values are drawn: f32 in [0, 1), or i32, each row's number once. */
export interface PlannedNoise {
  readonly input: string;
  readonly kind: "noise" | "permutation";
  readonly rows: Rows;
  /** Numbers a row. */
  readonly size: number;
}

/** The streams to draw from; without one nothing is drawn, as predictions need nothing. */
export interface RandomStreams {
  readonly seed: number;
  /** Of the first batch, from 1 and on through all epochs. */
  readonly step: number;
}

export function plannedNoise(inputs: readonly Node<"input">[]): PlannedNoise[] {
  return inputs.flatMap(({ attributes: { name, role }, type }) =>
    role.kind === "noise" || role.kind === "permutation"
      ? [{ input: name, kind: role.kind, rows: type.rows, size: sizeOf(type.dims) }]
      : [],
  );
}

/** Of `rows` rows. */
export function drawNoise(
  { kind, input, size }: PlannedNoise,
  rows: number,
  { seed, step }: RandomStreams,
  { ints, floats }: BatchArrays,
): Float32Array | Int32Array {
  const random = Random.of(seed, `${input} step ${step}`);
  return kind === "noise" ? random.uniform(floats(rows * size)) : random.shuffled(ints(rows));
}
