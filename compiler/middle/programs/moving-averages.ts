// The moving averages that replace batch statistics at inference, as nodes of the training step. After some
// batches the average of means is Σ mᵃ·n·E / Σ mᵃ·n, where m is the momentum, a the number of later batches,
// n the rows of the batch and E their mean: it is unbiased from the first batch on, and small batches count
// little. The average of variances is Σ mᵃ·n·V / Σ mᵃ·(n − 1), with V the mean square of x − E: unbiased too,
// like PyTorch's. A batch without rows changes nothing. A statistic by feature value counts the rows of that
// value only, so it keeps its average until the value occurs again.

import type { GraphBuilder } from "../builder/builder.ts";
import type { Graph, Node, NodeId } from "../graph/graph.ts";
import { expectOp } from "../graph/narrow.ts";

/** PyTorch's default, which it states as the other share: 0.1. */
export const USUAL_MOMENTUM = 0.9;

/** The name of the slot below, among slots of weights. */
export const ROWS = "rows";

/**
 * The slot for Σ mᵃ·(1 − m)·n of a statistic, [1], or for each value of a feature. No name of a spec has a
 * `/`.
 */
export function rowsSlot(statistic: string): string {
  return `${ROWS}/${statistic}`;
}

/**
 * The slot's first value: no rows for a new statistic, many for one that was imported without its row count.
 */
const NO_ROWS = 0;
export const MANY_ROWS = -1;

/** Every statistic that follows the batches of a step, with its slot. */
export function followedStatistics({
  parameters,
}: Graph): { readonly name: string; readonly slot: string }[] {
  return [...parameters.keys()].flatMap((name) => {
    const slot = rowsSlot(name);
    return parameters.has(slot) ? [{ name, slot }] : [];
  });
}

/** The least share of rows that is used as a divisor. */
export const LEAST_SHARE = 1e-12;

/**
 * Rows of unknown values count as fractions of a row for each value; such fractions alone are not a batch of
 * the value.
 */
const HALF = 0.5;

/**
 * The slots for averaging a statistic like the weights: the sum, in which each step counts from the first
 * that had its rows, and the total weight of that sum, [1] or for each value of a feature. The current
 * statistics would not do: they belong to the current weights, whose network differs from that of the
 * averages.
 */
export function averageSlots(statistic: string): { readonly sum: string; readonly weight: string } {
  return { sum: `average/${statistic}`, weight: `averaged/${statistic}` };
}

/**
 * Adds the new value of each statistic of `forward` to the step, and with `decay` its average over the steps.
 */
export function followBatches(
  graph: GraphBuilder,
  forward: Graph,
  copyOf: (id: NodeId) => NodeId,
  decay: number | null,
): void {
  for (const node of forward.nodes) {
    if (node.op !== "batch_mean") continue;
    const followed = followBatch(graph, node, forward, copyOf);
    if (followed !== null && decay !== null) averageFollowed(graph, followed, decay);
  }
}

/** A statistic and its rows, after the step. */
interface Followed {
  readonly name: string;
  readonly value: NodeId;
  readonly rows: NodeId;
}

function averageFollowed(graph: GraphBuilder, { name, value, rows }: Followed, decay: number): void {
  const { multiply, add, constant } = arithmetic(graph);
  const { dims } = graph.typeOf(value);
  const { dims: parts } = graph.typeOf(rows);
  const zeros = { init: { kind: "zeros" }, role: "slot" } as const;
  const slots = averageSlots(name);
  const sum = graph.parameter({ name: slots.sum, dims, ...zeros });
  const weight = graph.parameter({ name: slots.weight, dims: parts, ...zeros });
  // An unknown number of rows is above 0.
  const isMet = graph.add("subtract", [constant(1), graph.add("equal", [rows, constant(NO_ROWS)], {})], {});
  const added = multiply(isMet, constant(1 - decay));
  const column = graph.add("reshape", [added], { dims: [parts[0]!, 1] });
  const shaped = graph.add("reshape", [value], { dims: [parts[0]!, dims[0]! / parts[0]!] });
  const own = graph.add("reshape", [multiply(shaped, column)], { dims });
  graph.update(slots.sum, add(multiply(sum, constant(decay)), own));
  graph.update(slots.weight, add(multiply(weight, constant(decay)), added));
}

function followBatch(
  graph: GraphBuilder,
  { id, inputs, attributes: { average } }: Node<"batch_mean">,
  forward: Graph,
  copyOf: (id: NodeId) => NodeId,
): Followed | null {
  if (average === null) return null;
  const { of, momentum, times } = average;
  const [x, moving, share, movingShare] = inputs;
  const { name } = expectOp(forward.nodes[moving!], "parameter").attributes;
  const { multiply, add, divide, maximum, minus, constant } = arithmetic(graph);

  const count = graph.add("count_rows", [], { rows: forward.nodes[x!]!.type.rows });
  const numbers = times === 1 ? count : multiply(count, constant(times));
  const rows = share === undefined ? numbers : multiply(copyOf(share), numbers);
  const counted = of === "mean" ? rows : minus(rows, constant(1));
  const isMet = graph.add("greater", [counted, constant(HALF)], {});

  const slot = rowsSlot(name);
  const { dims } = graph.typeOf(rows);
  const kept = graph.parameter({ name: slot, dims, init: { kind: "zeros" }, role: "slot" });
  const unknown = graph.add("greater", [constant(NO_ROWS), kept], {});
  const before = add(maximum(kept, constant(NO_ROWS)), multiply(unknown, counted));
  const added = multiply(counted, constant(1 - momentum));
  const after = add(multiply(before, constant(momentum)), added);
  const rowsAfter = graph.add("choose", [isMet, after, kept], {});
  graph.update(slot, rowsAfter);

  const rate = multiply(isMet, divide(added, maximum(after, constant(HALF * (1 - momentum)))));
  const weight = of === "mean" ? rate : multiply(rate, divide(rows, maximum(counted, constant(HALF))));
  const [old, batch] = [copyOf(moving!), copyOf(id)];
  const left = minus(constant(1), rate);
  const mixed = (old: NodeId, batch: NodeId, left: NodeId, weight: NodeId) =>
    add(multiply(old, left), multiply(batch, weight));
  if (share === undefined) {
    const value = mixed(old, batch, left, weight);
    graph.update(name, value);
    return { name, value, rows: rowsAfter };
  }
  // Divides sums over the batch by the share of the rows with the value, and their averages by the average of
  // that share.
  const positive = (share: NodeId) => maximum(copyOf(share), constant(LEAST_SHARE));
  const ownWeight = multiply(weight, divide(positive(movingShare!), positive(share)));
  const size = graph.typeOf(batch).dims[0]!;
  const reshaped = (id: NodeId, dims: readonly number[]) => graph.add("reshape", [id], { dims });
  const parts = (id: NodeId) => reshaped(id, [dims[0]!, size / dims[0]!]);
  const column = (id: NodeId) => reshaped(id, [dims[0]!, 1]);
  const value = reshaped(mixed(parts(old), parts(batch), column(left), column(ownWeight)), [size]);
  graph.update(name, value);
  return { name, value, rows: rowsAfter };
}

function arithmetic(graph: GraphBuilder) {
  const binary = (op: "add" | "subtract" | "multiply" | "divide" | "maximum") => (a: NodeId, b: NodeId) =>
    graph.add(op, [a, b], {});
  return {
    ...{ add: binary("add"), minus: binary("subtract"), multiply: binary("multiply") },
    ...{ divide: binary("divide"), maximum: binary("maximum") },
    constant: (value: number) => graph.add("constant", [], { value, dims: [1] }),
  };
}
