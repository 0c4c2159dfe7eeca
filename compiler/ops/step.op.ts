// Unit step, which is relu's slope.

import { f32x4, v128 } from "../backends/wasm/instructions.ts";
import { toFloat } from "./support/onnx.ts";
import { FLOAT, select } from "./support/tensorflow.ts";
import { unary } from "./support/unary.ts";

export const step = unary({
  name: "step",
  doc: "1 where x > 0, else 0.",
  reference: (x) => (x > 0 ? 1 : 0),
  gradient: () => null,
  onnx: (emit, x) => toFloat(emit, emit.node("Greater", [x, emit.floats([0], [])])),
  tensorflow: (emit, x) =>
    select(
      emit,
      emit.node("Greater", [x, emit.floats([0], [])], { T: FLOAT }),
      emit.floats([1], []),
      emit.floats([0], []),
    ),
  tfjs: (tf, x) => tf.step(x),
  kernel: "step",
  lanes: (f, x) => v128.and(f32x4.gt(x, f.constant(0)), f.constant(1)),
  ranges: [[-2, 2]],
});
