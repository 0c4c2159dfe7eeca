// Logistic function.

import { scalar } from "./support/gradients.ts";
import { unary } from "./support/unary.ts";

export const sigmoid = unary({
  name: "sigmoid",
  doc: "1 / (1 + e⁻ˣ); 0 or 1 where it saturates.",
  reference: (x) => 1 / (1 + Math.exp(-x)),
  gradient: (graph, _x, y, gradient) => {
    const slope = graph.add("multiply", [y, graph.add("subtract", [scalar(graph, 1, y), y], {})], {});
    return graph.add("multiply", [gradient, slope], {});
  },
  tensorflow: "Sigmoid",
  tfjs: (tf, x) => tf.sigmoid(x),
  kernel: "sigmoid",
  ranges: [
    [-4, 4],
    [-200, 200],
  ],
});
