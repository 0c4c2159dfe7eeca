// Clips gradients by the norm of all gradients of a step together, like PyTorch's clip_grad_norm_ over all
// parameters.

import type { GraphBuilder } from "../builder/builder.ts";
import type { NodeId } from "../graph/graph.ts";

/** PyTorch's constant, which avoids a division by 0. */
const EPSILON = 1e-6;

/**
 * The factor of all `gradients`, [1]: min(1, most / (norm + 1e-6)), where the norm is the root of the sum of
 * all their squares. A table's gradient has the batch's distinct rows, because all others are 0.
 */
export function clipFactor(graph: GraphBuilder, most: number, gradients: readonly NodeId[]): NodeId {
  const squares = gradients.map((gradient) => {
    const square = graph.add("multiply", [gradient, gradient], {});
    const { rows } = graph.typeOf(square);
    const byColumn = rows.kind === "once" ? square : graph.add("sum_rows", [square], {});
    return graph.add("sum_width", [byColumn], {});
  });
  const sum = squares.reduce((a, b) => graph.add("add", [a, b], {}));
  const constant = (value: number) => graph.add("constant", [], { value, dims: [1] });
  const norm = graph.add("add", [graph.add("sqrt", [sum], {}), constant(EPSILON)], {});
  return graph.add("divide", [constant(most), graph.add("maximum", [norm, constant(most)], {})], {});
}
