// ONNX lowerings of ops on scaled dot-product attention.

import { heads } from "../attention-nodes.ts";
import type { OnnxLowerings } from "../lowering.ts";
import * as onnx from "../nodes.ts";

export const attention = {
  attention: (emit, inputs, context) => {
    const { weights, v, join } = heads(emit, inputs, context);
    return join(emit.node("MatMul", [weights, v]), context.output);
  },
  attention_gradient: (emit, inputs, context) => {
    const { attributes, output: out } = context;
    const { q, k, v, weights, scale, split, join } = heads(emit, inputs, context);
    const dy = split(inputs[3]!, context.inputs[3]!);
    const product = (x: typeof q, y: typeof q) => emit.node("MatMul", [x, y]);
    const multiply = (x: typeof q, y: typeof q) => emit.node("Mul", [x, y]);
    const turned = (x: typeof q) => emit.node("Transpose", [x], { perm: onnx.ints(0, 1, 3, 2) });
    if (attributes.of === "values") return join(product(turned(weights), dy), out);
    const byWeight = product(dy, turned(v));
    const mean = onnx.reduce(emit, "ReduceSum", multiply(byWeight, weights), 3, true);
    const byScore = multiply(multiply(weights, emit.node("Sub", [byWeight, mean])), scale);
    return join(attributes.of === "queries" ? product(byScore, k) : product(turned(byScore), q), out);
  },
} satisfies Partial<OnnxLowerings>;
