// Natural logarithm.

import { dividedWherePositive } from "./support/gradients.ts";
import { unary } from "./support/unary.ts";

export const log = unary({
  name: "log",
  doc: "Natural logarithm: −∞ at 0, NaN below. Where x is not above 0 no gradient flows.",
  reference: Math.log,
  gradient: (graph, x, _y, gradient) => dividedWherePositive(graph, gradient, x),
  ranges: [
    [0.1, 4],
    [1e-30, 1e-3],
    [1, 1e30],
  ],
});
