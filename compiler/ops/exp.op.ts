// Exponential.

import * as math from "../backends/wasm/math.ts";
import { unary } from "./support/unary.ts";

export const exp = unary({
  name: "exp",
  doc: "eˣ.",
  reference: Math.exp,
  gradient: (graph, _x, y, gradient) => graph.add("multiply", [gradient, y], {}),
  onnx: "Exp",
  tensorflow: "Exp",
  tfjs: (tf, x) => tf.exp(x),
  kernel: "exp",
  lanes: math.exp,
  ranges: [
    [-2, 2],
    [-20, 5],
  ],
});
