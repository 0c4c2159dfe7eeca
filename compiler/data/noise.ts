// Random inputs of a training step: noise for dropout, numbers of a distribution, permutations of the rows. Each input of each step has
// its own random stream, so the values depend only on seed, layer and step, not on the thread or back end.

import type { BatchArrays } from "../backends/contract/batch.ts";
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
    return kind === null ? [] : [{ input: name, kind, rows, size: sizeOf(dims) }];
  });
}

/** Null if nothing is drawn for the input. */
function kindOf(role: InputRole): PlannedNoise["kind"] | null {
  if (role.kind === "random") return role.distribution;
  return role.kind === "noise" || role.kind === "permutation" ? role.kind : null;
}

/** Draws the noise for `rows` rows. */
export function drawNoise(
  { kind, input, size }: PlannedNoise,
  rows: number,
  { seed, step }: RandomStreams,
  { ints, floats }: BatchArrays,
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
      return random.shuffled(ints(rows));
  }
}
