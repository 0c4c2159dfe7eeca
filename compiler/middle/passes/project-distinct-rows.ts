// Multiplies the distinct rows of a batch by their first layer's weights if examples and steps repeat the
// same rows often enough: a popular item is one row of a batch, however many histories contain it.

import type { Graph } from "../graph/graph.ts";
import type { Rows } from "../graph/types.ts";
import { chosenOf, flopsOf, type Projection, project, projectionsOf } from "./projection.ts";

/**
 * The number of rows of a kind in a batch: examples, steps of a history, values of sets, distinct rows of a
 * table.
 */
export type BatchCounts = (rows: Rows) => number;

/** The thresholds for projecting. */
export interface StepWorth {
  /** The cost of reading one number of a projected row and adding it, in multiply-adds. */
  readonly reading: number;
  /** The smallest share of a step that projecting must save, because it may need a phase of its own. */
  readonly leastShare: number;
}

/** Measured on DIN with histories of 8 and of 30 steps. */
const measured: StepWorth = { reading: 4, leastShare: 0.02 };

/** The projected Graph. Runs before gradients are added, so that they follow the projection. */
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

/** The saved operations of a batch's forward pass. The gradients of those rows are proportional. */
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
