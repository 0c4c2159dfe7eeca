// A fingerprint of the computation of a Graph: equal for equal nodes, parameters and outputs. The spec's
// wording, comments and source positions do not change it.

import { sha256 } from "../../serve/sha256.ts";
import type { OpName } from "../graph/attributes.ts";
import { definitionIn } from "../graph/define-op.ts";
import type { Graph, Node } from "../graph/graph.ts";
import { ops } from "../ops/registry.ts";

export function graphHash({ nodes, parameters, outputs }: Graph): string {
  const content = {
    nodes: nodes.map(({ op, attributes, inputs }) => [hashedName(op), hashed(attributes), inputs]),
    parameters: [...parameters.values()].map(({ name, dims, role }) => [name, dims, role]),
    outputs: [...outputs],
  };
  return sha256(JSON.stringify(content));
}

/** The op's name in the hashes of the first runs. */
function hashedName(op: OpName): string {
  return definitionIn(ops, op).hashedAs ?? op;
}

/** Leaves out an input's role: it adds nothing to the name, and earlier runs were hashed without it. */
function hashed(attributes: Node["attributes"]): object {
  if ("body" in attributes) {
    const { body, ...others } = attributes;
    const nodes = body.nodes.map((node) => ({ ...node, op: hashedName(node.op) }));
    return { ...others, body: { ...body, nodes } };
  }
  if (!("role" in attributes)) return attributes;
  const { role: _, ...others } = attributes;
  return others;
}
