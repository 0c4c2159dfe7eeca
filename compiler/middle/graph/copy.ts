// Copies nodes from one Graph to another, some of them replaced on the way.

import { invariant } from "../../common/internal-error.ts";
import type { Node, NodeBuilder, NodeId } from "./graph.ts";

/**
 * Gives the new Graph's node that stands for `node`, or null to copy it. `inputs` are what stands for its inputs;
 * nodes may be looked at and added in `builder`.
 */
export type Replacement<B extends NodeBuilder> = (
  node: Node,
  inputs: readonly NodeId[],
  builder: B,
) => NodeId | null;

/** Copies nodes, which stand in topological order, and says what stands for each. */
export function copyInto<B extends NodeBuilder>(
  builder: B,
  nodes: readonly Node[],
  replace: Replacement<B> = () => null,
): (id: NodeId) => NodeId {
  const copies = new Map<NodeId, NodeId>();
  const copyOf = (id: NodeId): NodeId => {
    const copy = copies.get(id);
    invariant(copy !== undefined, `node ${id} is used before it is made`);
    return copy;
  };
  for (const node of nodes) {
    const inputs = node.inputs.map(copyOf);
    copies.set(
      node.id,
      replace(node, inputs, builder) ?? builder.add(node.op, inputs, node.attributes, node.origin),
    );
  }
  return copyOf;
}
