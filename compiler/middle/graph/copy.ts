// Copies nodes from one Graph to another and replaces some of them.

import { invariant } from "../../common/internal-error.ts";
import type { Node, NodeBuilder, NodeId } from "./graph.ts";

/**
 * Returns the new Graph's node for `node`, or null to copy it. `inputs` are the new nodes of its inputs. The
 * function may read and add nodes in `builder`.
 */
export type Replacement<B extends NodeBuilder> = (
  node: Node,
  inputs: readonly NodeId[],
  builder: B,
) => NodeId | null;

/** Copies nodes in topological order and returns a function from old to new ids. */
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
