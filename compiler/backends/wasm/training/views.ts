// Values that lie where another one does: nothing is computed for them.

import type { Graph, Node, NodeId } from "../../../middle/graph/graph.ts";
import { sizeOf } from "../../../middle/graph/types.ts";

/** The value that is stored, and how many of its numbers come before the first of the view. */
export interface View {
  readonly root: Node;
  readonly offset: number;
}

export function viewsOf(graph: Graph): (id: NodeId) => View {
  const views: View[] = [];
  for (const node of graph.nodes) {
    const seen = viewed(node);
    const of = seen === null ? null : views[seen.input]!;
    views.push(
      of === null || seen === null
        ? { root: node, offset: 0 }
        : { root: of.root, offset: of.offset + seen.offset },
    );
  }
  return (id) => views[id]!;
}

/** Whether the node is a view of its input. */
export function isView(node: Node): boolean {
  return viewed(node) !== null;
}

function viewed(node: Node): { readonly input: NodeId; readonly offset: number } | null {
  const [input] = node.inputs;
  if (input === undefined) return null;
  if (node.op === "reshape" || node.op === "stop_gradient") return { input, offset: 0 };
  if (node.op !== "slice" || node.type.rows.kind !== "once") return null;
  const { dim, from } = node.attributes;
  return dim === 0 ? { input, offset: from * sizeOf(node.type.dims.slice(1)) } : null;
}
