// Square root.

import { scalar } from "./support/gradients.ts";
import { unary } from "./support/unary.ts";

export const sqrt = unary({
  name: "sqrt",
  doc: "Square root of x ≥ 0; its gradient at 0 is infinite.",
  reference: Math.sqrt,
  gradient: (graph, _x, y, gradient) =>
    graph.add("divide", [graph.add("multiply", [gradient, scalar(graph, 0.5, y)], {}), y], {}),
  ranges: [
    [0.1, 4],
    [1, 1e6],
  ],
});
