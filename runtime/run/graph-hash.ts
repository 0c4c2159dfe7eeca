// A fingerprint of what a Graph computes: equal for equal nodes, parameters and outputs, whatever the spec's wording,
// comments and places.

import { createHash } from "node:crypto";
import type { Graph } from "../../compiler/middle/graph/graph.ts";

export function graphHash({ nodes, parameters, outputs }: Graph): string {
  const content = {
    nodes: nodes.map(({ op, attributes, inputs }) => [op, attributes, inputs]),
    parameters: [...parameters.values()].map(({ name, dims, role }) => [name, dims, role]),
    outputs: [...outputs],
  };
  return createHash("sha256").update(JSON.stringify(content)).digest("hex");
}
