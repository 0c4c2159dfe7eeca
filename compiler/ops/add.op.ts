// Sum of two values.

import { f32x4 } from "../backends/wasm/instructions.ts";
import { binary } from "./support/binary.ts";

export const add = binary({
  name: "add",
  doc: "x + y. Rows equal or once; dims equal, or the last is 1 on one side.",
  reference: (x, y) => x + y,
  gradient: ({ gradient }) => [gradient, gradient],
  onnx: "Add",
  tensorflow: "AddV2",
  tfjs: (tf, x, y) => tf.add(x, y),
  kernel: "add",
  lanes: (_, x, y) => f32x4.add(x, y),
  range: [-2, 2],
});
