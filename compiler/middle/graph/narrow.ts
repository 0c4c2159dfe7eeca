// Narrows nodes whose op follows from their context, so that their attributes are typed.

import { invariant } from "../../common/internal-error.ts";
import type { OpAttributes, OpName, OpUse } from "./attributes.ts";
import type { Node } from "./graph.ts";

/** Tells whether the node has one of the ops, for ops that are not literals. */
export function isOp<N extends OpName>(node: Node, ...ops: readonly N[]): node is Node & Node<N> {
  return (ops as readonly OpName[]).includes(node.op);
}

/** Returns the node; throws InternalError unless it has one of the ops. */
export function expectOp<N extends OpName>(node: Node | undefined, ...ops: readonly N[]): Node & Node<N> {
  invariant(node && isOp(node, ...ops), `a node is ${node?.op ?? "missing"}, not ${ops.join(" or ")}`);
  return node;
}

/** The name of an input, a parameter or a table. */
export function nameOfSource(node: Node): string {
  return expectOp(node, "input", "parameter", "table").attributes.name;
}

/** One value for an op with its attributes, which narrows. */
export function opUse<N extends OpName>(op: N, attributes: OpAttributes[N]): OpUse {
  return { op, attributes } as unknown as OpUse;
}
