// ONNX lowerings of elementwise ops.

import type { NoAttributes } from "../../../middle/graph/attributes.ts";
import type { OnnxEmitter, OnnxLowering, OnnxLowerings, OnnxRef } from "../lowering.ts";
import * as onnx from "../nodes.ts";
import { toFloat } from "../nodes.ts";

export const elementwise = {
  add: binary("Add"),
  subtract: binary("Sub"),
  multiply: binary("Mul"),
  divide: binary("Div"),
  maximum: binary("Max"),
  dropout: (emit, [x, noise], { attributes: { rate } }) => {
    const kept = emit.node("GreaterOrEqual", [noise!, onnx.scalar(emit, rate)]);
    const scaled = emit.node("Mul", [x!, onnx.scalar(emit, 1 / (1 - rate))]);
    return emit.node("Where", [kept, scaled, onnx.scalar(emit, 0)]);
  },
  equal: binary((emit, x, y) => toFloat(emit, emit.node("Equal", [x, y]))),
  greater: binary((emit, x, y) => toFloat(emit, emit.node("Greater", [x, y]))),
  choose: (emit, [c, x, y]) => {
    const isZero = emit.node("Equal", [c!, onnx.scalar(emit, 0)]);
    return emit.node("Where", [isZero, y!, x!]);
  },
  negate: unary("Neg"),
  exp: unary("Exp"),
  log: unary("Log"),
  sqrt: unary("Sqrt"),
  sin: unary("Sin"),
  cos: unary("Cos"),
  sigmoid: unary("Sigmoid"),
  sigmoid_gradient: (emit, [y, dy]) => {
    const rest = emit.node("Sub", [onnx.scalar(emit, 1), y!]);
    return emit.node("Mul", [dy!, emit.node("Mul", [y!, rest])]);
  },
  tanh: unary("Tanh"),
  relu: unary("Relu"),
  step: unary((emit, x) => toFloat(emit, emit.node("Greater", [x, emit.floats([0], [])]))),
  softplus: unary("Softplus"),
  stop_gradient: (_emit, [x]) => x!,
  while_training: (_emit, [trained]) => trained!,
} satisfies Partial<OnnxLowerings>;

/** Uses ONNX's op of that name, or nodes. */
function binary(
  how: string | ((emit: OnnxEmitter, x: OnnxRef, y: OnnxRef) => OnnxRef),
): OnnxLowering<NoAttributes> {
  return (emit, [x, y]) => (typeof how === "string" ? emit.node(how, [x!, y!]) : how(emit, x!, y!));
}

function unary(how: string | ((emit: OnnxEmitter, x: OnnxRef) => OnnxRef)): OnnxLowering<NoAttributes> {
  return (emit, [x]) => (typeof how === "string" ? emit.node(how, [x!]) : how(emit, x!));
}
