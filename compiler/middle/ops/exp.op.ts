// Exponential.

import { unary } from "./support/unary.ts";

export const exp = unary({
  name: "exp",
  doc: "eˣ.",
  reference: Math.exp,
  gradient: (graph, _x, y, gradient) => graph.add("multiply", [gradient, y], {}),
  ranges: [
    [-2, 2],
    [-20, 5],
  ],
});
