// Finds ops that are computed together. A chain of elementwise ops becomes one loop. A value that is only
// repeated (for the steps of a row, for the candidates of a request), and a row of a table in memory, is read
// in place instead of being copied.

import { invariant } from "../../common/internal-error.ts";
import { appendTo } from "../../common/maps.ts";
import type { Node, NodeId, ValidGraph } from "../../middle/graph/graph.ts";
import { perOf, type Rows, rowsKey, sameRows } from "../../middle/graph/types.ts";
import { isElementwise, operandsOf } from "../../middle/ops/registry.ts";
import { sameDims } from "../../middle/ops/support/shapes.ts";
import { isLookupInMemory } from "./projections.ts";

/** An input of a loop: `id` has a row for each of … */
export interface FusedLeaf {
  readonly id: NodeId;
  /**
   * … the loop's rows, candidates, steps of the request, one for all; or `ids` gives the row for each row of
   * the loop.
   */
  readonly by: "row" | "candidate" | "step" | "all" | "id";
  /** Null unless `by` is `id`. */
  readonly ids: NodeId | null;
}

export interface Fusion {
  readonly root: Node;
  /** In the order of computation, the root last. */
  readonly members: readonly Node[];
  /** By input of a member that is not a member itself. */
  readonly leaves: ReadonlyMap<NodeId, FusedLeaf>;
}

export interface Fusions {
  readonly byRoot: ReadonlyMap<NodeId, Fusion>;
  /** Nodes that need no computation of their own. */
  readonly absorbed: ReadonlySet<NodeId>;
}

/**
 * `nodes` are the needed ones in topological order; `inMemory` are tables whose rows loops can read. Those that are alone are
 * computed by themselves.
 */
export function findFusions(
  graph: ValidGraph,
  nodes: readonly Node[],
  inMemory: ReadonlySet<NodeId>,
  isAlone: (node: Node) => boolean,
): Fusions {
  const consumers = consumersOf(graph, nodes);
  const outputs = new Set(graph.outputs.values());
  const byRoot = new Map<NodeId, Fusion>();
  const absorbed = new Set<NodeId>();
  for (const node of nodes.toReversed()) {
    if (absorbed.has(node.id) || isAlone(node) || !isFusible(node)) continue;
    const fusion = grow(graph, node, consumers, outputs, inMemory);
    byRoot.set(node.id, fusion);
    for (const member of fusion.members) if (member !== node) absorbed.add(member.id);
  }
  // A value that is repeated only for loops is not computed, and neither is a repeat of a repeat.
  for (const node of nodes.toReversed()) {
    if (!isRepeat(node) || outputs.has(node.id) || isAlone(node)) continue;
    const readers = consumers.get(node.id) ?? [];
    const isOnlyRead = readers.every((reader) => byRoot.has(reader.id) || absorbed.has(reader.id));
    if (isOnlyRead) absorbed.add(node.id);
  }
  // Rows of tables in memory are not copied if only loops over the same rows read them.
  const fusionOf = new Map(
    [...byRoot.values()].flatMap((fusion) => fusion.members.map(({ id }) => [id, fusion] as const)),
  );
  for (const node of nodes) {
    if (!isLookupInMemory(inMemory, node) || outputs.has(node.id) || isAlone(node)) continue;
    const readers = consumers.get(node.id) ?? [];
    const isOnlyRead = readers.every(({ id }) => fusionOf.get(id)?.leaves.get(node.id)?.by === "id");
    if (isOnlyRead) absorbed.add(node.id);
  }
  return { byRoot, absorbed };
}

function consumersOf(graph: ValidGraph, nodes: readonly Node[]): ReadonlyMap<NodeId, readonly Node[]> {
  const consumers = new Map<NodeId, Node[]>();
  for (const node of nodes)
    for (const input of new Set(operandsOf(node))) {
      appendTo(consumers, input, node);
    }
  invariant(graph.updates.size === 0, "a ranking program updates nothing");
  return consumers;
}

/** Weights are not fused, because they are computed only once, when they are loaded. */
function isFusible({ op, type: { rows } }: Node): boolean {
  return isElementwise(op) && (rows.kind === "each" || rows.kind === "steps");
}

function isRepeat({ op }: Node): boolean {
  return op === "repeat" || op === "repeat_candidates";
}

/** Each member is a variable of the loop's function, which may have 50,000. */
const MOST_MEMBERS = 1000;

function grow(
  graph: ValidGraph,
  root: Node,
  consumers: ReadonlyMap<NodeId, readonly Node[]>,
  outputs: ReadonlySet<NodeId>,
  inMemory: ReadonlySet<NodeId>,
): Fusion {
  const members = new Map<NodeId, Node>([[root.id, root]]);
  const open = [root];
  const joins = (node: Node) =>
    !members.has(node.id) &&
    isFusible(node) &&
    !outputs.has(node.id) &&
    sameRows(node.type.rows, root.type.rows) &&
    sameDims(node.type.dims, root.type.dims) &&
    consumers.get(node.id)!.every((consumer) => members.has(consumer.id));
  // A node joins with the last of its consumers.
  for (let member = open.pop(); member !== undefined; member = open.pop())
    for (const input of operandsOf(member)) {
      const node = graph.nodes[input]!;
      if (members.size === MOST_MEMBERS || !joins(node)) continue;
      members.set(node.id, node);
      open.push(node);
    }
  const ordered = [...members.values()].toSorted((a, b) => a.id - b.id);
  const leaves = new Map<NodeId, FusedLeaf>();
  for (const member of ordered)
    for (const input of operandsOf(member))
      if (!members.has(input)) leaves.set(input, leafOf(graph, input, root.type.rows, inMemory));
  return { root, members: ordered, leaves };
}

/** Finds the source of a value that has a row for each of `rows`, or is known once. */
function leafOf(graph: ValidGraph, operand: NodeId, rows: Rows, inMemory: ReadonlySet<NodeId>): FusedLeaf {
  let node = graph.nodes[operand]!;
  while (isRepeat(node)) node = graph.nodes[node.inputs[0]!]!;
  const own = node.type.rows;
  if (sameRows(own, rows)) {
    if (!isLookupInMemory(inMemory, node)) return { id: node.id, by: "row", ids: null };
    const [id, ids] = node.inputs as readonly [NodeId, NodeId];
    return { id, by: "id", ids };
  }
  if (own.kind === "once") return { id: node.id, by: "all", ids: null };
  const per = perOf(rows);
  invariant(per !== null && own.kind !== "table", `a loop over ${rowsKey(rows)} reads ${rowsKey(own)}`);
  if (own.kind === "each")
    return { id: node.id, by: own.per === "candidate" ? "candidate" : "all", ids: null };
  invariant(
    own.kind === "steps" && own.per === "request" && per === "candidate" && rows.kind === "steps",
    `a loop over ${rowsKey(rows)} reads ${rowsKey(own)}`,
  );
  return { id: node.id, by: "step", ids: null };
}
