// Square root.

import { dividedWherePositive, scalar } from "./support/gradients.ts";
import { unary } from "./support/unary.ts";

export const sqrt = unary({
  name: "sqrt",
  doc: "Square root: NaN below 0. Where x is not above 0 no gradient flows, though at 0 the slope is infinite.",
  reference: Math.sqrt,
  gradient: (graph, _x, y, gradient) =>
    dividedWherePositive(graph, graph.add("multiply", [gradient, scalar(graph, 0.5, y)], {}), y),
  ranges: [
    [0.1, 4],
    [1, 1e6],
  ],
});
