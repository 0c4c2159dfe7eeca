// The way back through attention, by its queries, keys or values. The weights are computed anew: they are many, and no
// value of a Graph has their shape.

import { call } from "../backends/typescript/lowering.ts";
import { ONCE, type TensorType } from "../graph/graph.ts";
import { invariant } from "../internal-error.ts";
import { attentionSizes } from "./attention.op.ts";
import type { OpDefinition } from "./define-op.ts";
import { type AttentionAttributes, attentionPlaces, pairCount } from "./support/attention.ts";
import { heads as onnxHeads } from "./support/attention-onnx.ts";
import { addTo, attendings, dot } from "./support/attention-reference.ts";
import { product, heads as tensorflowHeads } from "./support/attention-tensorflow.ts";
import { heads as tfjsHeads } from "./support/attention-tfjs.ts";
import * as onnx from "./support/onnx.ts";
import { filled } from "./support/references.ts";
import { f32, inputsOf, requireFloat, sameDims } from "./support/shapes.ts";
import { FLOAT, sum } from "./support/tensorflow.ts";
import { unlessEmpty, zerosOut } from "./support/tfjs.ts";
import { input, number, output } from "./support/typescript.ts";

/** In the order of attention's inputs. */
const operands = ["queries", "keys", "values"] as const;

export interface AttentionGradientAttributes extends AttentionAttributes {
  readonly of: (typeof operands)[number];
}

export const attentionGradient: OpDefinition<AttentionGradientAttributes> = {
  name: "attention_gradient",
  doc: "∂/∂q, ∂/∂k or ∂/∂v (`of`) of Σ dy · attention(q, k, v), from q, k, v and dy.",
  shape: (inputs, attributes) => {
    const [q, , , dy] = inputsOf("attention_gradient", inputs, 4) as readonly TensorType[];
    requireFloat("attention_gradient", ...inputs);
    const { values } = attentionPlaces("attention_gradient", inputs, attributes);
    invariant(sameDims(dy!.dims, [...q!.dims.slice(0, -1), values.width]), "dy has the dims of the result");
    const { rows, dims } = inputs[operands.indexOf(attributes.of)]!;
    return f32(rows, dims);
  },
  reference: (inputs, context, layout) => {
    const [q, k, v, dy] = inputs;
    const { of } = context.attributes;
    const out = filled(context.output, layout);
    for (const each of attendings(inputs, context, layout)) {
      const { query, keys, width, result, values, valueWidth, scale, weights } = each;
      if (of === "values") {
        weights.forEach((weight, i) => {
          addTo(out, values[i]!, weight, dy!, result, valueWidth);
        });
        continue;
      }
      const byWeight = values.map((value) => dot(dy!, result, v!, value, valueWidth));
      const mean = byWeight.reduce((total, slope, i) => total + slope * weights[i]!, 0);
      weights.forEach((weight, i) => {
        const byScore = scale * weight * (byWeight[i]! - mean);
        if (of === "queries") addTo(out, query, byScore, k!, keys[i]!, width);
        else addTo(out, keys[i]!, byScore, q!, query, width);
      });
    }
    return out;
  },
  flops: ({ attributes, inputs }, rowCount) => {
    const places = attentionPlaces("attention_gradient", inputs, attributes);
    const { heads, of, causal } = attributes;
    const [d, e] = [2 * places.queries.width, 2 * places.values.width];
    return pairCount(places, causal, rowCount) * (d + 5 * heads + (of === "values" ? e : e + d + 5 * heads));
  },
  gradient: null,
  lower: {
    onnx: (emit, inputs, context) => {
      const { attributes, output: out } = context;
      const { q, k, v, weights, scale, split, join } = onnxHeads(emit, inputs, context);
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
    tensorflow: (emit, inputs, context) => {
      const { queries, keys, values } = attentionPlaces("attention", context.inputs, context.attributes);
      const { q, k, v, weights, scale, split, join } = tensorflowHeads(emit, inputs, context);
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
    tfjs: unlessEmpty((context, inputs) => {
      if (inputs.some((x) => x.size === 0)) return zerosOut(context);
      const { tf, attributes } = context;
      const { queries, keys, values } = attentionPlaces("attention", context.inputs, attributes);
      const { q, k, v, weights, scale, split, join } = tfjsHeads(context, inputs);
      const dy = split(inputs[3]!, { ...queries, width: values.width });
      if (attributes.of === "values") return join(tf.matMul(weights, dy, true, false), values);
      const byWeight = tf.matMul(dy, v, false, true);
      const mean = tf.sum(tf.mul(byWeight, weights), -1, true);
      const byScore = tf.mul(tf.mul(weights, tf.sub(byWeight, mean)), scale);
      return attributes.of === "queries"
        ? join(tf.matMul(byScore, k), queries)
        : join(tf.matMul(byScore, q, true, false), keys);
    }),
    typescript: ({ attributes, inputs }) =>
      call(
        "attentionGradient",
        output,
        input(0),
        input(1),
        input(2),
        input(3),
        ...attentionSizes(inputs, attributes),
        number(operands.indexOf(attributes.of)),
      ),
  },
  samples: ({ each, steps }) =>
    [
      [f32(steps, [4]), f32(steps, [4]), f32(steps, [2]), f32(steps, [2])],
      [f32(each, [2, 4]), f32(each, [3, 4]), f32(each, [3, 6]), f32(each, [2, 6])],
      [f32(ONCE, [2, 4]), f32(ONCE, [3, 4]), f32(ONCE, [3, 2]), f32(ONCE, [2, 2])],
      [f32(each, [3, 4]), f32(steps, [4]), f32(steps, [6]), f32(each, [3, 6])],
    ]
      .map((inputs) => ({ inputs, causal: false }))
      .concat([
        { inputs: [f32(steps, [4]), f32(steps, [4]), f32(steps, [2]), f32(steps, [2])], causal: true },
        {
          inputs: [f32(each, [3, 4]), f32(each, [3, 4]), f32(each, [3, 6]), f32(each, [3, 6])],
          causal: true,
        },
      ])
      .flatMap(({ inputs, causal }) =>
        operands.map((of) => ({ attributes: { heads: 2, scale: 0.7, causal, of }, inputs })),
      ),
};
