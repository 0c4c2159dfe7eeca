// Logistic function.

import * as math from "../backends/wasm/math.ts";
import { unary } from "./support/unary.ts";

export const sigmoid = unary({
  name: "sigmoid",
  doc: "1 / (1 + e⁻ˣ); 0 or 1 where it saturates.",
  reference: (x) => 1 / (1 + Math.exp(-x)),
  gradient: (graph, _x, y, gradient) => graph.add("sigmoid_gradient", [y, gradient], {}),
  onnx: "Sigmoid",
  tensorflow: "Sigmoid",
  tfjs: (tf, x) => tf.sigmoid(x),
  kernel: "sigmoid",
  lanes: math.sigmoid,
  ranges: [
    [-4, 4],
    [-200, 200],
  ],
});
