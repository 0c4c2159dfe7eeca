// The roles of a Graph's outputs. An output's name follows from its role; no code parses the name.

import { unreachable } from "../../common/internal-error.ts";
import type { Graph, NodeId, OutputRole } from "./graph.ts";

export const outputNames = {
  loss: "loss",
  term: (of: string): string => `loss.${of}`,
  own: (label: string): string => `own.${label}`,
  auxiliary: (loss: string): string => `auxiliary.${loss}`,
  gradient: (table: string): string => `gradient.${table}`,
  table: (table: string): string => `table.${table}`,
  logit: (channel: string): string => `logit.${channel}`,
  probability: (label: string): string => `probability.${label}`,
  output: (name: string): string => `output.${name}`,
} as const;

export function outputName(role: OutputRole): string {
  switch (role.kind) {
    case "loss":
      return outputNames.loss;
    case "term":
    case "own":
    case "auxiliary":
    case "gradient":
    case "table":
    case "logit":
    case "probability":
    case "output":
      return outputNames[role.kind](role.of);
    default:
      return unreachable(role, "output role");
  }
}

/** The outputs of one kind in the Graph's order, by their label, loss or table. */
export function outputsOf(
  { outputs, roles }: Pick<Graph, "outputs" | "roles">,
  kind: Exclude<OutputRole["kind"], "loss">,
): ReadonlyMap<string, NodeId> {
  const found = new Map<string, NodeId>();
  for (const [name, id] of outputs) {
    const role = roles.get(name);
    if (role !== undefined && role.kind !== "loss" && role.kind === kind) found.set(role.of, id);
  }
  return found;
}
