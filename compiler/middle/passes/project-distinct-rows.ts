// Multiplies the distinct rows of a batch by the weights that they meet first, where examples and steps name
// the same rows often enough: a popular item is one row of a batch, however many histories it is in.

import type { Graph } from "../graph/graph.ts";
import type { Rows } from "../graph/types.ts";
import { chosenOf, flopsOf, type Projection, project, projectionsOf } from "./projection.ts";

/** How many of them a batch has: examples, steps of a history, values of sets, distinct rows of a table. */
export type BatchCounts = (rows: Rows) => number;

/** What projecting has to be worth. */
export interface StepWorth {
  /** Multiply-adds that take as long as reading a number of a projected row and adding it. */
  readonly reading: number;
  /** It has to save so much of a step: it may take a phase of its own. */
  readonly leastShare: number;
}

/** As measured on DIN, with histories of 8 and of 30 steps. */
const measured: StepWorth = { reading: 4, leastShare: 0.02 };

/** The Graph before its gradients are added: they follow what it does. */
export function projectDistinctRows(
  graph: Graph,
  count: BatchCounts,
  { reading, leastShare }: StepWorth = measured,
): Graph {
  const all = graph.nodes.reduce((sum, node) => sum + flopsOf(graph, node, count), 0);
  const projections = projectionsOf(graph, (table) => count({ kind: "table", table }));
  const worthIt = projections.filter(
    (projection) => savedBy(graph, projection, count, reading) > leastShare * all,
  );
  return project(graph, chosenOf(worthIt.flatMap(({ uses }) => uses)));
}

/** Operations of a batch, forward: what its gradients save is in proportion. */
function savedBy(
  { nodes }: Graph,
  { rows, width, outer, uses }: Projection,
  count: BatchCounts,
  reading: number,
): number {
  const read = uses.reduce((sum, { lookup }) => sum + count(nodes[lookup.inputs[1]!]!.type.rows), 0);
  const products = uses.reduce((sum, { lookup }) => sum + count(lookup.type.rows), 0) - rows;
  return 2 * outer * (products * width - read * reading);
}
