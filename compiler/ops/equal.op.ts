// Where two values are the same number.

import { f32x4, v128 } from "../backends/wasm/instructions.ts";
import { binary } from "./support/binary.ts";
import { toFloat } from "./support/onnx.ts";
import { FLOAT, flag, select } from "./support/tensorflow.ts";

export const equal = binary({
  name: "equal",
  doc: "1 where x = y, else 0. Rows equal or once; dims equal, or the last is 1 on one side.",
  reference: (x, y) => (x === y ? 1 : 0),
  gradient: () => [null, null],
  onnx: (emit, x, y) => toFloat(emit, emit.node("Equal", [x, y])),
  tensorflow: (emit, x, y) =>
    select(
      emit,
      emit.node("Equal", [x, y], { T: FLOAT, incompatible_shape_error: flag(true) }),
      emit.floats([1], []),
      emit.floats([0], []),
    ),
  tfjs: (tf, x, y) => tf.cast(tf.equal(x, y), "float32"),
  kernel: "equal",
  lanes: (f, x, y) => v128.and(f32x4.eq(x, y), f.constant(1)),
  range: [-2, 2],
  whole: true,
});
