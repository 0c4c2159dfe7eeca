// Repeats values that are known once, such as learned ones, if an op needs a row for each example or step.

import type { Span } from "../../common/source-file.ts";
import type { NodeId } from "../../middle/graph/graph.ts";
import type { Elaboration } from "./values.ts";

/** Tells whether `node` is the same for all rows. */
export function isOnce(elaboration: Elaboration, node: NodeId | null): boolean {
  return node !== null && elaboration.typeOf(node).rows.kind === "once";
}

/** `node`, repeated for each row of `like` if it is known once. */
export function withRowsOf(
  elaboration: Elaboration,
  node: NodeId | null,
  like: NodeId | null,
  span: Span,
): NodeId | null {
  if (node === null || like === null || !isOnce(elaboration, node) || isOnce(elaboration, like)) return node;
  const [list] = listOf(elaboration.typeOf(node).dims);
  const zero = elaboration.constant(0, span);
  const rows = elaboration.emit("broadcast_like", [zero, oneNumber(elaboration, like, span)], {}, span);
  const zeros = list === undefined ? rows : elaboration.emit("broadcast_list", [rows], { times: list }, span);
  return elaboration.emit("add", [node, zeros], {}, span);
}

function listOf(dims: readonly number[]): readonly number[] {
  return dims.slice(0, -1);
}

/** The first number of each row of `node`, as [1]. */
function oneNumber(elaboration: Elaboration, node: NodeId, span: Span): NodeId | null {
  const { dims } = elaboration.typeOf(node);
  const first = elaboration.emit("slice", [node], { dim: 0, from: 0, to: 1 }, span);
  if (dims.length === 1) return first;
  const vector = elaboration.emit("reshape", [first], { dims: dims.slice(1) }, span);
  return elaboration.emit("slice", [vector], { dim: 0, from: 0, to: 1 }, span);
}
