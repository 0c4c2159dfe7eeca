// Change of sign.

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
  ranges: [[-2, 2]],
});
