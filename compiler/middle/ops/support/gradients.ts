// Shared code of gradient rules: constants, and the gradient of a broadcast.

import type { NodeBuilder, NodeId } from "../../graph/graph.ts";
import type { TensorType } from "../../graph/types.ts";

/**
 * A constant that broadcasts to any value of `like`'s rank: known once, with `like`'s dims except the last,
 * which is 1.
 */
export function scalar(graph: NodeBuilder, value: number, like: NodeId): NodeId {
  const { dims } = graph.typeOf(like);
  return graph.add("constant", [], { value, dims: dims.map((dim, i) => (i === dims.length - 1 ? 1 : dim)) });
}

/**
 * Sums a gradient over the dims along which the value of type `target` was broadcast: all rows, the last dim,
 * or both.
 */
export function reduceTo(graph: NodeBuilder, gradient: NodeId, target: TensorType): NodeId {
  let reduced = gradient;
  if (target.rows.kind === "once" && graph.typeOf(reduced).rows.kind !== "once")
    reduced = graph.add("sum_rows", [reduced], {});
  if (target.dims.at(-1) !== graph.typeOf(reduced).dims.at(-1))
    reduced = graph.add("sum_width", [reduced], {});
  return reduced;
}

/**
 * x at the first step of each row (with `reverse` at the last), or 0 for a row without steps; the sum over
 * rows if `target` is known once.
 */
export function endOfSteps(graph: NodeBuilder, x: NodeId, target: TensorType, reverse: boolean): NodeId {
  const { dims } = graph.typeOf(x);
  const constant = (value: number) => graph.add("constant", [], { value, dims });
  const zeros = graph.add("broadcast_like", [constant(0), x], {});
  const isEnd = graph.add("shift_steps", [zeros, constant(1)], { reverse });
  const ends = graph.add("multiply", [x, isEnd], {});
  return graph.add(target.rows.kind === "once" ? "sum_rows" : "sum_steps", [ends], {});
}
