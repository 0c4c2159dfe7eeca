// What a training step draws by chance: noise for dropout, other orders of the rows. Each input of each step has a stream
// of its own, so that what is drawn depends on seed, layer and step alone, whichever thread or back end asks.

import { Random } from "../../compiler/common/random.ts";
import type { OpAttributes } from "../../compiler/middle/graph/attributes.ts";
import type { Graph } from "../../compiler/middle/graph/graph.ts";
import { type Rows, sizeOf } from "../../compiler/middle/graph/types.ts";

/** An input whose values are drawn: f32 in [0, 1), or i32, each row's number once. */
export interface PlannedDraw {
  readonly input: string;
  readonly kind: "noise" | "permutation";
  readonly rows: Rows;
  /** Numbers a row. */
  readonly size: number;
}

/** The streams to draw from; without one nothing is drawn, as predictions need nothing. */
export interface Chance {
  readonly seed: number;
  /** Of the first batch, from 1 and on through all epochs. */
  readonly step: number;
}

export function plannedDraws({ nodes }: Graph): PlannedDraw[] {
  return nodes.flatMap(({ op, attributes, type }) => {
    if (op !== "input") return [];
    const { name, role } = attributes as OpAttributes["input"];
    if (role.kind !== "noise" && role.kind !== "permutation") return [];
    return [{ input: name, kind: role.kind, rows: type.rows, size: sizeOf(type.dims) }];
  });
}

export function draw({ kind, input, size }: PlannedDraw, rows: number, { seed, step }: Chance) {
  const random = Random.of(seed, `${input} step ${step}`);
  return kind === "noise" ? random.uniform(new Float32Array(rows * size)) : random.order(rows);
}
