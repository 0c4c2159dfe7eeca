// Difference of two values.

import { f32x4 } from "../backends/wasm/instructions.ts";
import { binary } from "./support/binary.ts";

export const subtract = binary({
  name: "subtract",
  doc: "x − y. Rows equal or once; dims equal, or the last is 1 on one side.",
  reference: (x, y) => x - y,
  gradient: ({ graph, gradient }) => [gradient, graph.add("negate", [gradient], {})],
  onnx: "Sub",
  tensorflow: "Sub",
  tfjs: (tf, x, y) => tf.sub(x, y),
  kernel: "subtract",
  lanes: (_, x, y) => f32x4.sub(x, y),
  range: [-2, 2],
});
