// Rectifier.

import { f32x4 } from "../backends/wasm/instructions.ts";
import { FLOAT } from "./support/tensorflow.ts";
import { unary } from "./support/unary.ts";

export const relu = unary({
  name: "relu",
  doc: "max(x, 0); its gradient at 0 is 0.",
  reference: (x) => Math.max(x, 0),
  gradient: (graph, x, _y, gradient) => graph.add("multiply", [gradient, graph.add("step", [x], {})], {}),
  onnx: "Relu",
  // Not Relu: TensorFlow makes one step of a layer and its Relu, and that takes what is not a number for 0.
  tensorflow: (emit, x) => emit.node("Maximum", [x, emit.floats([0], [])], { T: FLOAT }),
  tfjs: (tf, x) => tf.relu(x),
  kernel: "relu",
  lanes: (f, x) => f32x4.pmax(x, f.constant(0)),
  ranges: [[-2, 2]],
});
