// Views: values that share the memory of another one, so nothing is computed for them.

import type { OpName } from "../../../middle/graph/attributes.ts";
import { definitionIn } from "../../../middle/graph/define-op.ts";
import type { Graph, Node, NodeId } from "../../../middle/graph/graph.ts";
import { ops } from "../../../middle/ops/registry.ts";

/** The stored value, and the offset of the view in it, in numbers. */
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

/** Tells whether the node is a view of its input. */
export function isView(node: Node): boolean {
  return viewed(node) !== null;
}

function viewed(node: Node): { readonly input: NodeId; readonly offset: number } | null {
  const [input] = node.inputs;
  if (input === undefined) return null;
  const offset = definitionIn<OpName>(ops, node.op).viewFrom?.({
    attributes: node.attributes,
    output: node.type,
  });
  return offset === undefined || offset === null ? null : { input, offset };
}
