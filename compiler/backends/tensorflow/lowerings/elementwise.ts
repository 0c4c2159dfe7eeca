// TensorFlow lowerings of elementwise ops.

import type { NoAttributes } from "../../../middle/graph/attributes.ts";
import type { TensorflowEmitter, TensorflowLowering, TensorflowLowerings, TensorRef } from "../lowering.ts";
import { FLOAT, flag, select } from "../nodes.ts";

export const elementwise = {
  add: binary("AddV2"),
  subtract: binary("Sub"),
  multiply: binary("Mul"),
  divide: binary("RealDiv"),
  maximum: binary("Maximum"),
  dropout: (emit, [x, noise], { attributes: { rate } }) => {
    const kept = emit.node("GreaterEqual", [noise!, emit.floats([rate], [])], { T: FLOAT });
    const scaled = emit.node("Mul", [x!, emit.floats([1 / (1 - rate)], [])], { T: FLOAT });
    return select(emit, kept, scaled, emit.floats([0], []));
  },
  equal: binary((emit, x, y) =>
    select(
      emit,
      emit.node("Equal", [x, y], { T: FLOAT, incompatible_shape_error: flag(true) }),
      emit.floats([1], []),
      emit.floats([0], []),
    ),
  ),
  greater: binary((emit, x, y) =>
    select(emit, emit.node("Greater", [x, y], { T: FLOAT }), emit.floats([1], []), emit.floats([0], [])),
  ),
  choose: (emit, [c, x, y]) =>
    select(
      emit,
      emit.node("NotEqual", [c!, emit.floats([0], [])], { T: FLOAT, incompatible_shape_error: flag(true) }),
      x!,
      y!,
    ),
  negate: unary("Neg"),
  exp: unary("Exp"),
  log: unary("Log"),
  sqrt: unary("Sqrt"),
  sin: unary("Sin"),
  cos: unary("Cos"),
  sigmoid: unary("Sigmoid"),
  sigmoid_gradient: (emit, [y, dy]) => emit.node("SigmoidGrad", [y!, dy!], { T: FLOAT }),
  tanh: unary("Tanh"),
  // Not Relu: TensorFlow merges a layer with its Relu, and the merged op turns NaN into 0.
  relu: unary((emit, x) => emit.node("Maximum", [x, emit.floats([0], [])], { T: FLOAT })),
  step: unary((emit, x) =>
    select(
      emit,
      emit.node("Greater", [x, emit.floats([0], [])], { T: FLOAT }),
      emit.floats([1], []),
      emit.floats([0], []),
    ),
  ),
  softplus: unary("Softplus"),
  stop_gradient: (_emit, [x]) => x!,
  while_training: (_emit, [trained]) => trained!,
} satisfies Partial<TensorflowLowerings>;

/** Uses TensorFlow's op of that name, or nodes. */
function binary(
  how: string | ((emit: TensorflowEmitter, x: TensorRef, y: TensorRef) => TensorRef),
): TensorflowLowering<NoAttributes> {
  return (emit, [x, y]) =>
    typeof how === "string" ? emit.node(how, [x!, y!], { T: FLOAT }) : how(emit, x!, y!);
}

function unary(
  how: string | ((emit: TensorflowEmitter, x: TensorRef) => TensorRef),
): TensorflowLowering<NoAttributes> {
  return (emit, [x]) => (typeof how === "string" ? emit.node(how, [x!], { T: FLOAT }) : how(emit, x!));
}
