// The plan of sums over the same pairs, and the memory that they need.

import type { Node } from "../../../middle/graph/graph.ts";
import { type PairPlan, planPairs } from "../kernels/pair-plan.ts";
import { QUERIES } from "../kernels/pairs.ts";
import { BYTES } from "../vectors.ts";
import type { NodeScratch } from "./lowering.ts";
import type { Reads } from "./reads.ts";

export function planOf(nodes: readonly Node[], { pairs }: Reads): PairPlan {
  return planPairs(
    pairs.values,
    nodes.map(({ id }) => pairs.sums.get(id)!.sum),
  );
}

/** Rows of keys for the queries that go through them together, padded to four within the bytes of `ROOM`. */
export function pairScratch(nodes: readonly Node[], reads: Reads): readonly NodeScratch[] {
  const { keys } = reads.pairs.sums.get(nodes[0]!.id)!;
  return planOf(nodes, reads).rows.map(() => ({ rows: keys, bytes: BYTES * QUERIES }));
}
