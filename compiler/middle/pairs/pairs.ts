// Finds the pairs of steps that need not be kept: those that only sums over pairs read, which a back end computes tile by
// tile. All pairs that others are computed from, or that are computed from them, must be such.

import { appendTo } from "../../common/maps.ts";
import type { Graph, Node, NodeId } from "../graph/graph.ts";
import { neededNodes } from "../graph/needed.ts";
import type { StepsRows } from "../graph/types.ts";
import { rowsKey } from "../graph/types.ts";
import { facedSteps } from "./facing.ts";
import { PairReader } from "./read-pairs.ts";
import { operandsOfPair, type PairId, type PairValue, type SummedPairs, summedBy } from "./values.ts";

export interface Pairs {
  readonly values: readonly PairValue[];
  readonly sums: ReadonlyMap<NodeId, SummedPairs>;
  /** The nodes that are only parts of these sums. */
  readonly parts: ReadonlySet<NodeId>;
}

/** The pairs of the nodes, which are those of a Graph that its outputs and updates need; `over` are the ops of sums. */
export function pairsOf(graph: Graph, needed: readonly Node[], over = OF_TRAINING): Pairs {
  const readers = new Map<NodeId, Node[]>();
  for (const node of needed) for (const input of new Set(node.inputs)) appendTo(readers, input, node);
  const readersOf = ({ id }: Node) => readers.get(id) ?? [];
  const isTotal = (sum: Node) =>
    readersOf(sum).every(({ op, type }) => op === "broadcast_list" && type.dims.length === 2);
  const reader = new PairReader(graph, isTotal);
  const sums = new Map<NodeId, SummedPairs>();
  const conesOf = new Map<NodeId, ReadonlySet<NodeId>>();
  for (const node of needed) {
    if (!over.has(node.op) || !isOfPairs(graph.nodes[node.inputs[0]!]!) || reader.isTotalOf(node)) continue;
    const sum = reader.sum(node);
    const cone = coneOf(node, graph, reader);
    const [keys, ...others] = cone.masks;
    if (sum === null || keys === undefined || others.some((other) => rowsKey(other) !== rowsKey(keys)))
      continue;
    const x = graph.nodes[cone.first]!;
    if (x.type.rows.kind !== "steps") continue;
    sums.set(node.id, {
      ...{ node: node.id, sum, queries: x.type.rows, keys, places: x.type.dims[0]! },
      leaves: leavesOf(reader.values, sum),
    });
    conesOf.set(node.id, cone.parts);
  }
  return { values: reader.values, ...withoutHeld(needed, sums, conesOf, readersOf) };
}

/** Pairs of steps that a Graph keeps. */
export interface KeptPairs {
  /** The steps that are faced. */
  readonly axis: string;
  readonly places: number;
  /** Nodes with numbers of pairs. */
  readonly nodes: readonly Node[];
}

/** The pairs of each axis that is faced; `over` are the ops of sums without them. */
export function keptPairs(graph: Graph, over = OF_TRAINING): readonly KeptPairs[] {
  const needed = neededNodes(graph);
  const axes = new Map<string, number>();
  for (const node of needed) {
    const faced = facedSteps(node, graph);
    if (faced !== null) axes.set(faced.steps.history, faced.places);
  }
  if (axes.size === 0) return [];
  const { parts } = pairsOf(graph, needed, over);
  return [...axes].map(([axis, places]) => {
    const isKept = ({ id, op, type: { rows, dims } }: Node) =>
      rows.kind === "steps" && dims.length > 1 && dims[0] === places && op !== "repeat" && !parts.has(id);
    return { axis, places, nodes: needed.filter(isKept) };
  });
}

/** The sums over pairs that a training step computes without them, with those of gradients, and those that a request does. */
const OF_TRAINING: ReadonlySet<string> = new Set(["sum_list", "sum_steps", "sum_rows", "contract_rows"]);
export const OF_REQUESTS: ReadonlySet<string> = new Set(["sum_list"]);

/** Tells whether a value may have a vector for each pair. */
function isOfPairs({ type: { rows, dims } }: Node): boolean {
  return rows.kind === "steps" && dims.length === 2;
}

/** Nodes of pairs that a sum is computed from, and the steps that masks among them count. */
function coneOf(
  sum: Node,
  graph: Graph,
  reader: PairReader,
): { readonly first: NodeId; readonly parts: ReadonlySet<NodeId>; readonly masks: readonly StepsRows[] } {
  const parts = new Set<NodeId>();
  const masks: StepsRows[] = [];
  const open = sum.inputs.filter((input) => isOfPairs(graph.nodes[input]!));
  const first = open[0]!;
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (parts.has(next)) continue;
    parts.add(next);
    const node = graph.nodes[next]!;
    if (node.op === "repeat") {
      const counted = reader.countedSteps(node.inputs[0]!);
      if (counted !== null) masks.push(counted);
      continue;
    }
    for (const input of node.inputs) {
      const of = graph.nodes[input]!;
      if (isOfPairs(of)) open.push(input);
      else if (node.op === "broadcast_list" && reader.isTotalOf(of)) {
        parts.add(input);
        open.push(of.inputs[0]!);
      }
    }
  }
  return { first, parts, masks };
}

/** Without the sums whose pairs others must keep. */
function withoutHeld(
  needed: readonly Node[],
  all: ReadonlyMap<NodeId, SummedPairs>,
  conesOf: ReadonlyMap<NodeId, ReadonlySet<NodeId>>,
  readersOf: (node: Node) => readonly Node[],
): Omit<Pairs, "values"> {
  const sums = new Map(all);
  for (;;) {
    const inCones = new Set([...sums.keys()].flatMap((id) => [...conesOf.get(id)!]));
    const parts = new Set<NodeId>();
    for (const node of needed.toReversed())
      if (inCones.has(node.id) && readersOf(node).every(({ id }) => parts.has(id) || sums.has(id)))
        parts.add(node.id);
    const held = [...sums.keys()].filter((id) => [...conesOf.get(id)!].some((part) => !parts.has(part)));
    if (held.length === 0) return { sums, parts };
    for (const id of held) sums.delete(id);
  }
}

/** The values without pairs that a sum is computed from. */
function leavesOf(values: readonly PairValue[], sum: SummedPairs["sum"]): readonly NodeId[] {
  const found = new Set<NodeId>();
  for (const id of valuesIn(values, summedBy(sum))) {
    const value = values[id]!;
    if (value.kind === "stream") found.add(value.node);
    else if (value.kind === "product") found.add(value.query).add(value.key);
    else if (value.kind === "bucket") found.add(value.boundsNode);
    else if (value.kind === "entry") found.add(value.table);
  }
  if (sum.kind === "gather") for (const { key } of sum.terms) found.add(key);
  if (sum.kind === "spread") for (const { query } of sum.terms) found.add(query);
  return [...found];
}

/** All values that some are computed from, and those themselves, each after its operands. */
export function valuesIn(values: readonly PairValue[], some: readonly PairId[]): readonly PairId[] {
  const found = new Set<PairId>();
  const visit = (id: PairId): void => {
    if (found.has(id)) return;
    for (const operand of operandsOfPair(values[id]!)) visit(operand);
    found.add(id);
  };
  for (const id of some) visit(id);
  return [...found].toSorted((a, b) => a - b);
}
