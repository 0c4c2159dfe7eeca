// Change of sign.

import { f32x4 } from "../backends/wasm/instructions.ts";
import { unary } from "./support/unary.ts";

export const negate = unary({
  name: "negate",
  doc: "−x.",
  reference: (x) => -x,
  gradient: (graph, _x, _y, gradient) => graph.add("negate", [gradient], {}),
  onnx: "Neg",
  tensorflow: "Neg",
  tfjs: (tf, x) => tf.neg(x),
  kernel: "negate",
  lanes: (_, x) => f32x4.neg(x),
  ranges: [[-2, 2]],
});
