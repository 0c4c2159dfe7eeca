// The gradient of attention by its queries, keys or values. The weights are recomputed: they are many, and no
// value of a Graph has their shape.

import { invariant } from "../../common/internal-error.ts";
import type { AttentionGradientAttributes } from "../graph/attributes.ts";
import type { OpDefinition } from "../graph/define-op.ts";
import { ONCE, type TensorType } from "../graph/types.ts";
import { attentionInputs, pairCount } from "./support/attention.ts";
import { addTo, attendings, dot } from "./support/attention-reference.ts";
import { filled } from "./support/references.ts";
import { f32, inputsOf, requireFloat, sameDims } from "./support/shapes.ts";

/** The operands, in the order of attention's inputs. */
export const operands = [
  "queries",
  "keys",
  "values",
] as const satisfies readonly AttentionGradientAttributes["of"][];

export const attentionGradient: OpDefinition<AttentionGradientAttributes> = {
  name: "attention_gradient",
  doc: "∂/∂q, ∂/∂k or ∂/∂v (`of`) of Σ dy · attention(q, k, v), from q, k, v and dy.",
  shape: (inputs, attributes) => {
    const [q, , , dy] = inputsOf("attention_gradient", inputs, 4) as readonly TensorType[];
    requireFloat("attention_gradient", ...inputs);
    const { values } = attentionInputs("attention_gradient", inputs, attributes);
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
    const places = attentionInputs("attention_gradient", inputs, attributes);
    const { heads, of, causal } = attributes;
    const [d, e] = [2 * places.queries.width, 2 * places.values.width];
    return pairCount(places, causal, rowCount) * (d + 5 * heads + (of === "values" ? e : e + d + 5 * heads));
  },
  gradient: null,
  samples: ({ each, steps }) =>
    [
      [f32(steps, [4]), f32(steps, [4]), f32(steps, [2]), f32(steps, [2])],
      [f32(each, [2, 4]), f32(each, [3, 4]), f32(each, [3, 6]), f32(each, [2, 6])],
      [f32(ONCE, [2, 4]), f32(ONCE, [3, 4]), f32(ONCE, [3, 2]), f32(ONCE, [2, 2])],
      [f32(each, [3, 4]), f32(steps, [4]), f32(steps, [6]), f32(each, [3, 6])],
      [f32(each, [1, 33]), f32(each, [2, 33]), f32(each, [2, 1]), f32(each, [1, 1])],
    ]
      .map((inputs) => ({ inputs, causal: false }))
      .concat([
        { inputs: [f32(steps, [4]), f32(steps, [4]), f32(steps, [2]), f32(steps, [2])], causal: true },
        {
          inputs: [f32(each, [3, 4]), f32(each, [3, 4]), f32(each, [3, 6]), f32(each, [3, 6])],
          causal: true,
        },
        {
          inputs: [f32(each, [7, 5]), f32(each, [7, 5]), f32(each, [7, 3]), f32(each, [7, 3])],
          causal: true,
        },
        {
          inputs: [f32(each, [3, 22]), f32(each, [5, 22]), f32(each, [5, 18]), f32(each, [3, 18])],
          causal: false,
        },
      ])
      .flatMap(({ inputs, causal }) =>
        operands.map((of) => {
          const width = inputs[0]!.dims.at(-1)!;
          const heads = width === 4 ? 2 : 1;
          return { attributes: { heads, scale: 1.4 / width, causal, of }, inputs };
        }),
      ),
};
