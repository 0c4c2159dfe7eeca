// A fingerprint of what a Graph computes: equal for equal nodes, parameters and outputs, whatever the spec's wording,
// comments and places.

import { createHash } from "node:crypto";
import type { Graph, Node } from "../../compiler/middle/graph/graph.ts";

export function graphHash({ nodes, parameters, outputs }: Graph): string {
  const content = {
    nodes: nodes.map(({ op, attributes, inputs }) => [op, hashed(attributes), inputs]),
    parameters: [...parameters.values()].map(({ name, dims, role }) => [name, dims, role]),
    outputs: [...outputs],
  };
  return createHash("sha256").update(JSON.stringify(content)).digest("hex");
}

/** An input's role says no more than its name, and is younger than the hashes that runs keep. */
function hashed(attributes: Node["attributes"]): object {
  if (!("role" in attributes)) return attributes;
  const { role: _, ...others } = attributes;
  return others;
}
