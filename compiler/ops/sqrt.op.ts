// Square root.

import { f32x4 } from "../backends/wasm/instructions.ts";
import { scalar } from "./support/gradients.ts";
import { unary } from "./support/unary.ts";

export const sqrt = unary({
  name: "sqrt",
  doc: "Square root of x ≥ 0; its gradient at 0 is infinite.",
  reference: Math.sqrt,
  gradient: (graph, _x, y, gradient) =>
    graph.add("divide", [graph.add("multiply", [gradient, scalar(graph, 0.5, y)], {}), y], {}),
  onnx: "Sqrt",
  tensorflow: "Sqrt",
  tfjs: (tf, x) => tf.sqrt(x),
  kernel: "sqrt",
  lanes: (_, x) => f32x4.sqrt(x),
  ranges: [
    [0.1, 4],
    [1, 1e6],
  ],
});
