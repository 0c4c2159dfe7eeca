// Natural logarithm.

import { unary } from "./support/unary.ts";

export const log = unary({
  name: "log",
  doc: "Natural logarithm of x > 0.",
  reference: Math.log,
  gradient: (graph, x, _y, gradient) => graph.add("divide", [gradient, x], {}),
  ranges: [
    [0.1, 4],
    [1e-30, 1e-3],
    [1, 1e30],
  ],
});
