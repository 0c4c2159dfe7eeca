// Proximal steps after the optimizer's: l1 reduces the size of each number by η·λ, group lasso the length of
// each row by η·λ; anything smaller becomes exactly 0. η is the step's learning rate.

import type { GraphBuilder } from "../builder/builder.ts";
import type { NodeId } from "../graph/graph.ts";
import type { OptimizerTable } from "./optimizers/define-optimizer.ts";
import { hasWeight } from "./parts.ts";
import type { Shrinkage, TrainSettings } from "./settings.ts";

/** λ of each kind; 0 if it is absent. */
export interface Shrinking {
  readonly l1: number;
  readonly groupLasso: number;
}

export function shrinkingOfTable(
  { shrinkages }: Pick<TrainSettings, "shrinkages">,
  table: string,
): Shrinking {
  return shrinkingOf(shrinkages.filter(({ part }) => part === null || part.tables.includes(table)));
}

/** λ of l1 for a dense weight; only matrices shrink. */
export function l1OfWeight({ shrinkages }: Pick<TrainSettings, "shrinkages">, weight: string): number {
  return shrinkingOf(shrinkages.filter(({ part }) => part === null || hasWeight(part, weight))).l1;
}

function shrinkingOf(shrinkages: readonly Shrinkage[]): Shrinking {
  const lambda = (of: Shrinkage["kind"]) =>
    shrinkages.reduce((sum, { kind, lambda }) => (kind === of ? sum + lambda : sum), 0);
  return { l1: lambda("l1"), groupLasso: lambda("group_lasso") };
}

/** sign(w) · max(0, |w| − `least`). */
export function softThreshold(graph: GraphBuilder, values: NodeId, least: NodeId): NodeId {
  const above = graph.add("relu", [graph.add("subtract", [values, least], {})], {});
  const negative = graph.add("negate", [values], {});
  const below = graph.add("relu", [graph.add("subtract", [negative, least], {})], {});
  return graph.add("subtract", [above, below], {});
}

/** Rows after both, with the learning rate of the step. */
export function shrunkRows(
  graph: GraphBuilder,
  { l1, groupLasso }: Shrinking,
  values: NodeId,
  rate: () => NodeId,
  constant: (value: number) => NodeId,
): NodeId {
  let rows = values;
  if (l1 > 0) rows = softThreshold(graph, rows, graph.add("multiply", [rate(), constant(l1)], {}));
  if (groupLasso > 0) {
    const squares = graph.add("sum_width", [graph.add("multiply", [rows, rows], {})], {});
    const length = graph.add("sqrt", [squares], {});
    const least = graph.add("multiply", [rate(), constant(groupLasso)], {});
    const left = graph.add("relu", [graph.add("subtract", [length, least], {})], {});
    const factor = graph.add("divide", [left, graph.add("maximum", [length, constant(SMALLEST)], {})], {});
    rows = graph.add("multiply", [rows, factor], {});
  }
  return rows;
}

/** The least length of a row, because it is a divisor. */
const SMALLEST = 1e-30;

/** The same for rows of a table on the host. */
export function shrinkRows(
  table: OptimizerTable,
  rows: Int32Array,
  { l1, groupLasso }: Shrinking,
  rate: number,
): void {
  const { width, values } = table;
  for (const row of rows) {
    const [from, end] = [row * width, row * width + width];
    if (l1 > 0)
      for (let at = from; at < end; at++) {
        const value = values[at]!;
        values[at] = Math.max(0, value - rate * l1) - Math.max(0, -value - rate * l1);
      }
    if (groupLasso === 0) continue;
    let squares = 0;
    for (let at = from; at < end; at++) squares += values[at]! ** 2;
    const length = Math.sqrt(squares);
    const factor = Math.max(0, length - rate * groupLasso) / Math.max(length, SMALLEST);
    for (let at = from; at < end; at++) values[at] = values[at]! * factor;
  }
}
