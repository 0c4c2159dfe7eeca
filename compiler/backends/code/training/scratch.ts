// Memory that a unit needs while it is computed, besides its inputs and outputs.

import type { Graph, Node } from "../../../middle/graph/graph.ts";
import type { NodeScratch } from "./lowering.ts";
import { attentionScratch } from "./lowerings/attention.ts";
import { scratchOfPartition } from "./lowerings/partition.ts";
import { scanScratch } from "./lowerings/scan.ts";
import type { Unit } from "./schedule.ts";

/** The node whose scratch space the unit uses; null if it needs none. */
export function scratchOwner(unit: Unit): Node | null {
  if (unit.kind === "attention_gradients") return unit.nodes[0]!;
  return unit.kind === "op" ? unit.node : null;
}

export function scratchNeeds(node: Node, graph: Graph): readonly NodeScratch[] {
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
