// Assigns a time to each value of a step. Time 2k is the parallel part of phase k: threads work on slices of
// the examples and of tables. Time 2k + 1 is its serial part: one thread computes small values. Time −1 is
// before the step.

import { largest } from "../../../common/arrays.ts";
import type { Node, NodeId, ValidGraph } from "../../../middle/graph/graph.ts";
import { rowsKey, sizeOf } from "../../../middle/graph/types.ts";
import { isElementwise } from "../../../middle/ops/registry.ts";
import { domainOf, isReduction, readsOtherRows, usesIndex } from "./domains.ts";
import { transposedInputs } from "./lowerings/scan.ts";
import { isLine, type Reads } from "./reads.ts";
import { isView } from "./views.ts";

/** The least size at which the numbers of a value known once are divided among threads. */
export const MANY = 2048;

export const BEFORE = -1;

export interface ValueTimes {
  /** The time at which the value exists. */
  of(node: Node): number;
  /** For a reduction: the time at which slices of rows are summed separately. */
  partial(node: Node): number;
  /** Tells whether a value known once depends on weights and counts alone and is used to compute rows. */
  isPrepared(node: Node): boolean;
}

/** `least` has the earliest times of some values. */
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
      // The moving average of a mean is read when slices are combined.
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

/** Inputs that are weights and that the node reads transposed, from copies. */
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

/** The first time at which a slice of `node` may read what exists at `time`. */
function sideBySide(node: Node, input: Node, time: number, otherRows: boolean): number {
  if (time === BEFORE) return 0;
  if (time % 2 === 1) return time + 1;
  const domain = domainOf(input.type.rows);
  const own = domain !== "once" && !otherRows && slicedAlike(node, input);
  return own ? time : time + 2;
}

/** Tells whether both are divided into the same slices. A reduction is divided like its input. */
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
    // With equally many numbers, a slice has the same ones.
    const isAlike = isSharedOut(input) && sizeOf(input.type.dims) === size;
    return isAlike || time === BEFORE ? Math.max(time, 0) : time + 2;
  });
  return largest(waits, shared ? 0 : 1);
}

/** Tells whether threads divide the numbers of a value known once. */
export function isShared(node: Node, { graph }: Reads): boolean {
  return isElementwise(node.op) && sizeOf(node.type.dims) >= MANY && isLine(node, graph);
}

/** Moves values that could be computed at any time to their first reader, so that one loop computes both. */
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

/** Values known once that depend on no rows. */
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
