// Orders a plan into nested blocks. Values with a row for each step of each candidate are computed for a few
// candidates at a time, so that they stay in the nearest cache. Values with one row per candidate are
// computed for many, so that weights are read less often.

import { largest } from "../../common/arrays.ts";
import type { Node, NodeId } from "../../middle/graph/graph.ts";
import type { Rows } from "../../middle/graph/types.ts";

/** Indices into `order`. The nodes from `first` to `last` are computed for a few candidates at a time. */
export interface Middle {
  readonly first: number;
  readonly last: number;
}

export interface CandidateBlocks {
  readonly order: readonly Node[];
  readonly middle: Middle | null;
  /** Values by candidate that enter or leave the middle; they are computed for all candidates. */
  readonly crossing: ReadonlySet<NodeId>;
}

/**
 * The dependencies that determine the order. `reads` gives a node's inputs; `touched` gives all kinds of rows
 * that its computation uses.
 */
export interface Dependencies {
  readonly isCandidate: (node: Node) => boolean;
  readonly reads: (node: Node) => readonly NodeId[];
  readonly touched: (node: Node) => readonly Rows[];
  readonly outputs: ReadonlySet<NodeId>;
}

export function findBlocks(nodes: readonly Node[], dependencies: Dependencies): CandidateBlocks {
  const { isCandidate, touched } = dependencies;
  const isPair = (node: Node) =>
    isCandidate(node) && touched(node).some((rows) => rows.kind === "steps" && rows.per === "candidate");
  const order = ordered(nodes, isPair, dependencies);
  const pairs = order.flatMap((node, i) => (isPair(node) ? [i] : []));
  const [first, last] = [pairs[0], pairs.at(-1)];
  if (first === undefined || last === undefined) return { order, middle: null, crossing: new Set() };
  const middle = { first, last };
  return { order, middle, crossing: crossingOf(order, middle, dependencies) };
}

/** Orders steps of candidates as late as possible, and then as many of them in a row as possible. */
function ordered(
  nodes: readonly Node[],
  isPair: (node: Node) => boolean,
  { isCandidate, reads }: Dependencies,
): Node[] {
  // Turns alternate; odd turns are those of pairs. A node is in the first turn of its kind at which all of
  // its inputs exist.
  const turnOf = new Map<NodeId, number>();
  const turns: Node[][] = [];
  for (const node of nodes.filter(isCandidate)) {
    const soonest = largest(
      reads(node).map((id) => turnOf.get(id) ?? 0),
      0,
    );
    const turn = soonest % 2 === (isPair(node) ? 1 : 0) ? soonest : soonest + 1;
    turnOf.set(node.id, turn);
    while (turns.length <= turn) turns.push([]);
    turns[turn]!.push(node);
  }
  return [...nodes.filter((node) => !isCandidate(node)), ...turns.flat()];
}

function crossingOf(
  order: readonly Node[],
  { first, last }: Middle,
  { isCandidate, reads, outputs }: Dependencies,
): Set<NodeId> {
  const place = new Map(order.map(({ id }, i) => [id, i]));
  const isInside = (i: number) => i >= first && i <= last;
  const crossing = new Set<NodeId>();
  const cross = (id: NodeId) => {
    const node = order[place.get(id)!]!;
    if (isCandidate(node) && node.type.rows.kind === "each") crossing.add(id);
  };
  for (const [i, node] of order.entries()) {
    for (const id of reads(node)) if (isInside(place.get(id)!) !== isInside(i)) cross(id);
    if (outputs.has(node.id) && isInside(i)) cross(node.id);
  }
  return crossing;
}
