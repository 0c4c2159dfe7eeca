// The ways to run a Graph: with the ops' reference implementations in f64, and with each installed engine.

import { evaluate, type Feeds } from "../../compiler/middle/builder/evaluate.ts";
import type { RowLayout } from "../../compiler/middle/graph/define-op.ts";
import type { ValidGraph } from "../../compiler/middle/graph/graph.ts";
import { installed } from "../backends/installed.ts";
import { runOnce, wayNamed } from "../backends/runners.ts";

export interface Way {
  readonly name: string;
  /** The allowed error of a number of about 1. */
  readonly tolerance: number;
  readonly run: (
    graph: ValidGraph,
    feeds: Feeds,
    layout: RowLayout,
  ) => Promise<{
    readonly outputs: ReadonlyMap<string, ArrayLike<number>>;
    readonly updates: ReadonlyMap<string, ArrayLike<number>>;
  }>;
}

const F32 = 3e-6;

export const everywhere: readonly Way[] = [
  { name: "reference", tolerance: 1e-9, run: async (...given) => evaluate(...given) },
  ...installed.map(
    (name): Way => ({ name, tolerance: F32, run: (...given) => runOnce(wayNamed(name), ...given) }),
  ),
];

/** The largest difference, relative to numbers above 1. */
export function farthest(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  const differences = Array.from(
    expected,
    (value, i) => Math.abs(actual[i]! - value) / Math.max(1, Math.abs(value)),
  );
  // NaN is the largest of all.
  return differences.some(Number.isNaN) ? Number.POSITIVE_INFINITY : Math.max(0, ...differences);
}
