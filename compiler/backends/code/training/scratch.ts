// Memory that a unit needs while it is computed, besides its inputs and outputs.

import type { Graph, Node, NodeId } from "../../../middle/graph/graph.ts";
import { domainOf } from "./domains.ts";
import type { NodeScratch } from "./lowering.ts";
import { attentionScratch } from "./lowerings/attention.ts";
import { scratchOfPartition } from "./lowerings/partition.ts";
import { scanScratch } from "./lowerings/scan.ts";
import { pairScratch } from "./pair-plans.ts";
import type { Reads } from "./reads.ts";
import type { Unit } from "./schedule.ts";

export interface UnitScratch {
  /** The node by which the unit finds it. */
  readonly owner: NodeId;
  readonly needs: readonly NodeScratch[];
  /** Whether each thread has its own, for a block. */
  readonly isOfBlock: boolean;
}

/** The scratch space of a unit; null if it needs none. */
export function scratchOf(unit: Unit, reads: Reads): UnitScratch | null {
  if (unit.kind === "pairs")
    return { owner: unit.nodes[0]!.id, needs: pairScratch(unit.nodes, reads), isOfBlock: true };
  const node = unit.kind === "attention_gradients" ? unit.nodes[0]! : unit.kind === "op" ? unit.node : null;
  if (node === null || reads.faced(node) !== null) return null;
  const isOfBlock = domainOf(node.type.rows) !== "once";
  return { owner: node.id, needs: needsOf(node, reads.graph), isOfBlock };
}

function needsOf(node: Node, graph: Graph): readonly NodeScratch[] {
  const inputs = node.inputs.map((input) => graph.nodes[input]!.type);
  switch (node.op) {
    case "attention":
      return attentionScratch(inputs, node.attributes, 1);
    case "attention_gradient":
      return attentionScratch(inputs, node.attributes, 2);
    case "log_partition":
    case "log_partition_gradient":
      return scratchOfPartition(inputs);
    case "scan":
      return scanScratch({ attributes: node.attributes, inputs, output: node.type });
    default:
      return [];
  }
}
