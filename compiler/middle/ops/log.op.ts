// Natural logarithm.

import { scalar } from "./support/gradients.ts";
import { unary } from "./support/unary.ts";

export const log = unary({
  name: "log",
  doc: "Natural logarithm: −∞ at 0, NaN below. Values of x that are not above 0 get no gradient.",
  losesSize: true,
  reference: Math.log,
  gradient: (graph, x, _y, gradient) => {
    const isPositive = graph.add("step", [x], {});
    const divisor = graph.add("choose", [isPositive, x, scalar(graph, 1, x)], {});
    return graph.add(
      "choose",
      [isPositive, graph.add("divide", [gradient, divisor], {}), scalar(graph, 0, x)],
      {},
    );
  },
  ranges: [
    [0.1, 4],
    [1e-30, 1e-3],
    [1, 1e30],
  ],
});
