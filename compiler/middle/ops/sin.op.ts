// Sine.

import { unary } from "./support/unary.ts";

export const sin = unary({
  name: "sin",
  doc: "Sine of an angle in radians.",
  reference: Math.sin,
  gradient: (graph, x, _y, gradient) => graph.add("multiply", [gradient, graph.add("cos", [x], {})], {}),
  ranges: [
    [-4, 4],
    [-1000, 1000],
  ],
});
