// Cosine.

import { unary } from "./support/unary.ts";

export const cos = unary({
  name: "cos",
  doc: "Cosine of an angle in radians.",
  reference: Math.cos,
  gradient: (graph, x, _y, gradient) =>
    graph.add("negate", [graph.add("multiply", [gradient, graph.add("sin", [x], {})], {})], {}),
  ranges: [
    [-4, 4],
    [-1000, 1000],
  ],
});
