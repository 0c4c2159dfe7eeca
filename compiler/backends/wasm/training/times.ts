// Decides when each value of a step is computed. Time 2k is the parallel part of phase k: threads work on
// slices of the examples and of tables. Time 2k + 1 is its serial part: one thread computes small values.
// Time −1 is before the step.

import { largest } from "../../../common/arrays.ts";
import type { Node, NodeId, ValidGraph } from "../../../middle/graph/graph.ts";
import { rowsKey, sizeOf } from "../../../middle/graph/types.ts";
import { isElementwise } from "../../../middle/ops/registry.ts";
import { domainOf, isReduction, readsOtherRows, usesIndex } from "./domains.ts";
import { transposedInputs } from "./lowerings/scan.ts";
import { isLine, type Reads } from "./reads.ts";
import { isView } from "./views.ts";

/** Numbers that make a value known once worth sharing out. */
export const MANY = 2048;

export const BEFORE = -1;

export interface ValueTimes {
  /** When the value is there. */
  of(node: Node): number;
  /** Of a reduction: when slices of rows are added up, each for itself. */
  partial(node: Node): number;
  /** Values known once that follow from weights and counts alone and that rows are computed with. */
  isPrepared(node: Node): boolean;
}

/** `least`: values that are not computed before a time. */
export function timesOf(reads: Reads, least: ReadonlyMap<NodeId, number>): ValueTimes {
  const { graph, needed } = reads;
  const times = new Map<NodeId, number>();
  const partials = new Map<NodeId, number>();
  const fromSources = onceFromSources(reads);
  const prepared = new Set<NodeId>();
  for (const node of needed.toReversed()) {
    if (!fromSources.has(node.id) || !reads.isComputed(node)) continue;
    const isForRows = (reader: Node) =>
      domainOf(reader.type.rows) !== "once" || isReduction(reader, graph) || prepared.has(reader.id);
    if (reads.computingConsumers(node).some(isForRows)) prepared.add(node.id);
  }
  const timeOf = (node: Node): number =>
    reads.isSource(node) ? BEFORE : (times.get(node.id) ?? times.get(reads.root(node.id).id)!);

  for (const node of needed) {
    if (isView(node) || !reads.isComputed(node)) continue;
    const domain = domainOf(node.type.rows);
    const inputs = reads.inputs(node);
    if (isReduction(node, graph)) {
      // The moving average of a mean is read when slices are put together.
      const rows = node.op === "batch_mean" ? inputs.slice(0, 1) : inputs;
      const partial = largest(
        rows.map((input) => sideBySide(node, input, timeOf(input), false)),
        0,
      );
      partials.set(node.id, partial);
      times.set(node.id, partial + (sizeOf(node.type.dims) >= MANY ? 2 : 1));
    } else if (domain === "once") {
      const found = prepared.has(node.id)
        ? 0
        : timeOfOnce(
            node,
            inputs,
            timeOf,
            (input) => isReduction(input, graph) || (isShared(input, reads) && !prepared.has(input.id)),
            reads,
          );
      times.set(node.id, found);
    } else {
      const first = usesIndex(node, graph) ? 2 : (least.get(node.id) ?? 0);
      const copied = transposedReads(node, graph);
      const waits = inputs.map((input, i) => {
        const time = timeOf(input);
        const isCopied = time === BEFORE && copied.includes(node.inputs[i]!);
        return sideBySide(node, input, isCopied ? 0 : time, readsOtherRows(node, i, graph));
      });
      times.set(node.id, largest(waits, first));
    }
  }
  delay(reads, times, (node) => fromSources.has(node.id) && !prepared.has(node.id));
  return {
    of: timeOf,
    partial: (node) => partials.get(node.id)!,
    isPrepared: ({ id }) => prepared.has(id),
  };
}

/** Inputs of the node that are weights which it reads the other way round: it reads copies that lie so. */
export function transposedReads(node: Node, graph: ValidGraph): readonly NodeId[] {
  if (domainOf(node.type.rows) === "once") return [];
  if (node.op === "scan") {
    const { body } = node.attributes;
    return transposedInputs(body).map((i) => node.inputs[i]!);
  }
  if (node.op !== "matmul" || !node.attributes.transpose) return [];
  const weights = node.inputs[1]!;
  return graph.nodes[weights]!.type.dims.every((dim) => dim > 1) ? [weights] : [];
}

/** The first time at which a slice of `node` may read what is there at `time`. */
function sideBySide(node: Node, input: Node, time: number, otherRows: boolean): number {
  if (time === BEFORE) return 0;
  if (time % 2 === 1) return time + 1;
  const domain = domainOf(input.type.rows);
  const own = domain !== "once" && !otherRows && slicedAlike(node, input);
  return own ? time : time + 2;
}

/** Whether both are shared out in the same slices. A reduction is, with what it adds up. */
function slicedAlike(node: Node, input: Node): boolean {
  const domain = domainOf(node.type.rows);
  if (domain === "once") return true;
  if (domain !== domainOf(input.type.rows)) return false;
  return domain === "examples" || rowsKey(node.type.rows) === rowsKey(input.type.rows);
}

function timeOfOnce(
  node: Node,
  inputs: readonly Node[],
  timeOf: (node: Node) => number,
  isSharedOut: (input: Node) => boolean,
  reads: Reads,
): number {
  const shared = isShared(node, reads);
  const size = sizeOf(node.type.dims);
  const waits = inputs.map((input) => {
    const time = timeOf(input);
    if (!shared) return time % 2 === 0 ? time + 1 : time;
    if (time % 2 === 1) return time + 1;
    // Of as many numbers a slice has the same ones.
    const isAlike = isSharedOut(input) && sizeOf(input.type.dims) === size;
    return isAlike || time === BEFORE ? Math.max(time, 0) : time + 2;
  });
  return largest(waits, shared ? 0 : 1);
}

/** Whether threads share out the numbers of a value known once. */
export function isShared(node: Node, { graph }: Reads): boolean {
  return isElementwise(node.op) && sizeOf(node.type.dims) >= MANY && isLine(node, graph);
}

/** What could be computed at any time is computed with what first reads it, so that one loop does both. */
function delay(reads: Reads, times: Map<NodeId, number>, isFree: (node: Node) => boolean): void {
  for (const node of reads.needed.toReversed()) {
    const own = times.get(node.id);
    if (own === undefined || !isFree(node)) continue;
    const shared = isShared(node, reads);
    const latest = reads.computingConsumers(node).map((reader) => {
      const time = times.get(reader.id)!;
      if (time % 2 === 1) return shared ? time - 1 : time;
      if (!shared) return time - 1;
      return isShared(reader, reads) && sizeOf(reader.type.dims) === sizeOf(node.type.dims) ? time : time - 2;
    });
    if (latest.length > 0) times.set(node.id, Math.max(own, Math.min(...latest)));
  }
}

/** Values known once that need no rows. */
function onceFromSources(reads: Reads): ReadonlySet<NodeId> {
  const found = new Set<NodeId>();
  for (const node of reads.needed) {
    const isOnce = domainOf(node.type.rows) === "once";
    if (
      isOnce &&
      reads
        .inputs(node)
        .every((input) =>
          reads.isSource(input) ? domainOf(input.type.rows) === "once" : found.has(input.id),
        )
    )
      found.add(node.id);
  }
  return found;
}
