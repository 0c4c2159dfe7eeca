// Scaled dot-product attention within a list (AutoInt), within a history (BST), or from a list to a history.

import type { AttentionAttributes } from "../graph/attributes.ts";
import type { OpDefinition } from "../graph/define-op.ts";
import { ONCE } from "../graph/types.ts";
import { attentionInputs, pairCount } from "./support/attention.ts";
import { addTo, attendings } from "./support/attention-reference.ts";
import { filled } from "./support/references.ts";
import { f32, inputsOf, requireFloat } from "./support/shapes.ts";

export const attention: OpDefinition<AttentionAttributes> = {
  name: "attention",
  doc: "softmax(scale · q kᵀ) v within each row and for each of `heads` parts of the width by itself (Vaswani et al. 2017, section 3.2). Queries q, keys k and values v are lists [n, d], [m, d], [m, e] of the same rows, or the steps [d], [d], [e] of histories; the result stands as q does, e wide; 0 where there are no keys. With `causal`, q and k have the same places, and a query attends to the keys up to its own.",
  shape: (inputs, attributes) => {
    const [q] = inputsOf("attention", inputs, 3);
    requireFloat("attention", ...inputs);
    const { queries, values } = attentionInputs("attention", inputs, attributes);
    return f32(q!.rows, queries.at.kind === "list" ? [queries.at.length, values.width] : [values.width]);
  },
  reference: (inputs, context, layout) => {
    const out = filled(context.output, layout);
    for (const { weights, values, result, valueWidth } of attendings(inputs, context, layout))
      weights.forEach((weight, i) => {
        addTo(out, result, weight, inputs[2]!, values[i]!, valueWidth);
      });
    return out;
  },
  // Two products for each pair, and five operations of softmax for each head.
  flops: ({ attributes, inputs }, rowCount) => {
    const places = attentionInputs("attention", inputs, attributes);
    const each = 2 * places.queries.width + 2 * places.values.width + 5 * attributes.heads;
    return pairCount(places, attributes.causal, rowCount) * each;
  },
  gradient: ({ graph, attributes, inputIds, gradient }) =>
    (["queries", "keys", "values"] as const).map((of) =>
      graph.add("attention_gradient", [...inputIds, gradient], { ...attributes, of }),
    ),
  samples: ({ each, steps }) => {
    const list = (rows: typeof each | typeof steps | typeof ONCE) =>
      [f32(rows, [2, 4]), f32(rows, [3, 4]), f32(rows, [3, 6])] as const;
    return [
      {
        attributes: { heads: 1, scale: 0.5, causal: false },
        inputs: [f32(steps, [3]), f32(steps, [3]), f32(steps, [2])],
      },
      {
        attributes: { heads: 2, scale: 0.7, causal: false },
        inputs: [f32(steps, [4]), f32(steps, [4]), f32(steps, [2])],
      },
      { attributes: { heads: 1, scale: 0.5, causal: false }, inputs: list(each) },
      { attributes: { heads: 2, scale: 0.7, causal: false }, inputs: list(steps) },
      { attributes: { heads: 2, scale: 0.7, causal: false }, inputs: list(ONCE) },
      {
        attributes: { heads: 2, scale: 0.7, causal: false },
        inputs: [f32(each, [3, 4]), f32(steps, [4]), f32(steps, [6])],
      },
      // Wider than the vectors that fit into registers, and not a multiple of their width.
      {
        attributes: { heads: 1, scale: 0.2, causal: false },
        inputs: [f32(each, [1, 33]), f32(each, [2, 33]), f32(each, [2, 1])],
      },
      {
        attributes: { heads: 1, scale: 0.5, causal: false },
        inputs: [f32(steps, [2]), f32(steps, [2]), f32(steps, [2])],
        range: [-20, 20],
      },
      {
        attributes: { heads: 1, scale: 0.5, causal: true },
        inputs: [f32(steps, [3]), f32(steps, [3]), f32(steps, [2])],
      },
      {
        attributes: { heads: 2, scale: 0.7, causal: true },
        inputs: [f32(steps, [4]), f32(steps, [4]), f32(steps, [2])],
      },
      {
        attributes: { heads: 2, scale: 0.7, causal: true },
        inputs: [f32(each, [3, 4]), f32(each, [3, 4]), f32(each, [3, 6])],
      },
      // More queries and keys, and wider heads, than a back end may process at once.
      {
        attributes: { heads: 1, scale: 0.5, causal: true },
        inputs: [f32(each, [7, 5]), f32(each, [7, 5]), f32(each, [7, 3])],
      },
      {
        attributes: { heads: 1, scale: 0.2, causal: false },
        inputs: [f32(each, [3, 22]), f32(each, [5, 22]), f32(each, [5, 18])],
      },
      {
        attributes: { heads: 1, scale: 0.7, causal: true },
        inputs: [f32(ONCE, [3, 4]), f32(ONCE, [3, 4]), f32(ONCE, [3, 6])],
      },
    ];
  },
};
