// TensorFlow lowerings of ops on scaled dot-product attention.

import { attentionInputs } from "../../../middle/ops/support/attention.ts";
import { heads, product } from "../attention-nodes.ts";
import type { TensorflowLowerings } from "../lowering.ts";
import { FLOAT, sum } from "../nodes.ts";

export const attention = {
  attention: (emit, inputs, context) => {
    const { weights, v, join } = heads(emit, inputs, context);
    const { queries, values } = attentionInputs("attention", context.inputs, context.attributes);
    return join(product(emit, weights, v, false, false), { ...queries, width: values.width });
  },
  attention_gradient: (emit, inputs, context) => {
    const { queries, keys, values } = attentionInputs("attention", context.inputs, context.attributes);
    const { q, k, v, weights, scale, split, join } = heads(emit, inputs, context);
    const dy = split(inputs[3]!, { ...queries, width: values.width });
    const { of } = context.attributes;
    if (of === "values") return join(product(emit, weights, dy, true, false), values);
    const multiply = (x: typeof dy, y: typeof dy) => emit.node("Mul", [x, y], { T: FLOAT });
    const byWeight = product(emit, dy, v, false, true);
    const mean = sum(emit, multiply(byWeight, weights), 3, true);
    const centred = emit.node("Sub", [byWeight, mean], { T: FLOAT });
    const byScore = multiply(multiply(weights, centred), scale);
    return of === "queries"
      ? join(product(emit, byScore, k, false, false), queries)
      : join(product(emit, byScore, q, true, false), keys);
  },
} satisfies Partial<TensorflowLowerings>;
