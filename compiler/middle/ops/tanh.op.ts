// Hyperbolic tangent.

import { scalar } from "./support/gradients.ts";
import { unary } from "./support/unary.ts";

export const tanh = unary({
  name: "tanh",
  doc: "Hyperbolic tangent; ±1 where it saturates.",
  reference: Math.tanh,
  gradient: (graph, _x, y, gradient) => {
    const slope = graph.add("subtract", [scalar(graph, 1, y), graph.add("multiply", [y, y], {})], {});
    return graph.add("multiply", [gradient, slope], {});
  },
  ranges: [
    [-2, 2],
    [-200, 200],
  ],
});
