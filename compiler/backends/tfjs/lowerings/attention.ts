// How tfjs computes ops on scaled dot-product attention.

import { attentionInputs } from "../../../middle/ops/support/attention.ts";
import { heads } from "../attention-tensors.ts";
import type { TfjsLowerings } from "../lowering.ts";
import { unlessEmpty, zerosOut } from "../tensors.ts";

export const attention = {
  attention: unlessEmpty((context, inputs) => {
    if (inputs.some((x) => x.size === 0)) return zerosOut(context);
    const { weights, v, join } = heads(context, inputs);
    const { queries, values } = attentionInputs("attention", context.inputs, context.attributes);
    return join(context.tf.matMul(weights, v), { ...queries, width: values.width });
  }),
  attention_gradient: unlessEmpty((context, inputs) => {
    if (inputs.some((x) => x.size === 0)) return zerosOut(context);
    const { tf, attributes } = context;
    const { queries, keys, values } = attentionInputs("attention", context.inputs, attributes);
    const { q, k, v, weights, scale, split, join } = heads(context, inputs);
    const dy = split(inputs[3]!, { ...queries, width: values.width });
    if (attributes.of === "values") return join(tf.matMul(weights, dy, true, false), values);
    const byWeight = tf.matMul(dy, v, false, true);
    const mean = tf.sum(tf.mul(byWeight, weights), -1, true);
    const byScore = tf.mul(tf.mul(weights, tf.sub(byWeight, mean)), scale);
    return attributes.of === "queries"
      ? join(tf.matMul(byScore, k), queries)
      : join(tf.matMul(byScore, q, true, false), keys);
  }),
} satisfies Partial<TfjsLowerings>;
