// The exponential moving average of weights: after T steps w̄ = (1 − d)/(1 − dᵀ) · Σ dᵀ⁻ᵗ·wₜ, the mean of the
// weights after each step, in which the latest count most. The sum a = (1 − d)·Σ dᵀ⁻ᵗ·wₜ is stored; it begins
// at 0. A row of a table that is in no batch keeps its weights, so its sum is brought up to date when it is
// next needed. Only the work is lazy, not the result.

import { power } from "../../common/power.ts";
import type { GraphBuilder } from "../builder/builder.ts";
import type { NodeId } from "../graph/graph.ts";
import type { OptimizerSlot, OptimizerTable } from "./optimizers/define-optimizer.ts";

/** The slot with the sum. */
export const AVERAGE = "average";
/** The slot with the step that last changed a row; 0 for none. */
const CHANGED = "changed";
/** The scalar with the number of the step, from 1. */
export const STEP = "step";

/** The slots for each row of a table, after those of its optimizer. */
export const averageSlots: readonly OptimizerSlot[] = [
  { name: AVERAGE, initial: 0, byRow: false },
  { name: CHANGED, initial: 0, byRow: true },
];

interface Changing {
  readonly graph: GraphBuilder;
  readonly decay: number;
  readonly constant: (value: number) => NodeId;
}

/** The sum of dense weights after a step, from the previous sum and the new weights. */
export function addDense({ graph, decay, constant }: Changing, sum: NodeId, weights: NodeId): NodeId {
  const kept = graph.add("multiply", [sum, constant(decay)], {});
  return graph.add("add", [kept, graph.add("multiply", [weights, constant(1 - decay)], {})], {});
}

/** The slots of rows after a step that changes them from `before` to `after`. */
export function addRows(
  changing: Changing,
  slot: (name: string) => NodeId,
  step: NodeId,
  before: NodeId,
  after: NodeId,
): Readonly<Record<string, NodeId>> {
  const { graph, decay, constant } = changing;
  const changed = slot(CHANGED);
  const since = graph.add("subtract", [graph.add("subtract", [step, constant(1)], {}), changed], {});
  const kept = graph.add("exp", [graph.add("multiply", [since, constant(Math.log(decay))], {})], {});
  const apart = graph.add("subtract", [slot(AVERAGE), before], {});
  const current = graph.add("add", [before, graph.add("multiply", [apart, kept], {})], {});
  // The current step is the later one.
  return {
    [AVERAGE]: addDense(changing, current, after),
    [CHANGED]: graph.add("maximum", [changed, step], {}),
  };
}

/** The same in place, in two halves: this one runs before the rows change. */
export function catchUp(table: OptimizerTable, rows: Int32Array, decay: number, step: number): void {
  const { width, values, slots } = table;
  const [sum, changed] = [slots.at(-2)!, slots.at(-1)!];
  for (const row of rows) {
    const kept = power(decay, step - 1 - changed[row]!);
    for (let at = row * width, end = at + width; at < end; at++)
      sum[at] = values[at]! + (sum[at]! - values[at]!) * kept;
    changed[row] = step;
  }
}

/** Runs after the rows change. */
export function addChanged({ width, values, slots }: OptimizerTable, rows: Int32Array, decay: number): void {
  const sum = slots.at(-2)!;
  for (const row of rows)
    for (let at = row * width, end = at + width; at < end; at++)
      sum[at] = decay * sum[at]! + (1 - decay) * values[at]!;
}

/** Begins the average of a table again after `begun` steps. */
export function beginAverage({ slots }: Pick<OptimizerTable, "slots">, begun: number): void {
  slots.at(-2)!.fill(0);
  slots.at(-1)!.fill(begun);
}

/** The averages of dense weights after `steps` of them, from their sum. */
export function averageOf(sum: Float32Array, decay: number, steps: number): Float32Array {
  const share = 1 - power(decay, steps);
  return sum.map((each) => each / share);
}

/**
 * The averages of all rows of a table after `steps` steps, since the table began after `begun` of them. A row that
 * no step changed keeps its initial value.
 */
export function averageOfRows(
  { width, values, slots }: OptimizerTable,
  decay: number,
  steps: number,
  begun: number,
): Float32Array {
  const [sum, changed] = [slots.at(-2)!, slots.at(-1)!];
  const share = 1 - power(decay, steps - begun);
  const averages = values.slice();
  for (let row = 0; row < changed.length; row++) {
    const last = changed[row]!;
    if (last === 0) continue;
    const kept = power(decay, steps - last);
    for (let at = row * width, end = at + width; at < end; at++)
      averages[at] = (values[at]! * (1 - kept) + sum[at]! * kept) / share;
  }
  return averages;
}
