// Logistic function.

import { unary } from "./support/unary.ts";

export const sigmoid = unary({
  name: "sigmoid",
  doc: "1 / (1 + e⁻ˣ); 0 or 1 where it saturates.",
  reference: (x) => 1 / (1 + Math.exp(-x)),
  gradient: (graph, _x, y, gradient) => graph.add("sigmoid_gradient", [y, gradient], {}),
  ranges: [
    [-4, 4],
    [-200, 200],
  ],
});
