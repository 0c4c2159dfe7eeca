// Scaled dot-product attention and its gradient.

import type { AttentionAttributes } from "../../../../middle/graph/attributes.ts";
import type { TensorType } from "../../../../middle/graph/types.ts";
import { attentionInputs, type InputIndices } from "../../../../middle/ops/support/attention.ts";
import { i32 } from "../../instructions.ts";
import { type Attention, attentionOf } from "../../kernels/attention.ts";
import { attentionGradientOf } from "../../kernels/attention-gradient.ts";
import type { Steps } from "../../vectors.ts";
import type { OpSite, Scratch, SiteLowerings } from "../lowering.ts";

export const attention = {
  attention: (site, { attributes, inputs }) => attentionOf(site.f, attentionAt(site, inputs, attributes)),
  attention_gradient: (site, { attributes, inputs }) =>
    attentionGradientOf(site.f, {
      ...attentionAt(site, inputs, attributes),
      ...{ dy: site.input(3), slopes: site.scratch(1), of: attributes.of },
    }),
} satisfies Partial<SiteLowerings>;

function attentionAt(
  site: OpSite,
  inputs: readonly TensorType[],
  attributes: AttentionAttributes,
): Attention {
  const { rows, queries, keys, values } = attentionInputs("attention", inputs, attributes);
  const stepsOf = ({ at }: InputIndices): Steps =>
    at.kind === "list" ? { kind: "equal", each: i32.const(at.length) } : site.steps(at.rows);
  const { heads, scale, causal } = attributes;
  return {
    ...{ out: site.output, q: site.input(0), k: site.input(1), v: site.input(2), weights: site.scratch(0) },
    ...{ rows: site.count(rows), queries: stepsOf(queries), keys: stepsOf(keys) },
    ...{ width: queries.width, valueWidth: values.width, heads, scale, causal },
  };
}

/** Room for one number a key of one query: twice for the gradient. */
export function attentionScratch(
  inputs: readonly TensorType[],
  attributes: AttentionAttributes,
  times: number,
): Scratch[] {
  const { rows, keys } = attentionInputs("attention", inputs, attributes);
  const one: Scratch =
    keys.at.kind === "list" ? { rows, bytes: 4 * keys.at.length } : { rows: keys.at.rows, bytes: 4 };
  return Array.from({ length: times }, () => one);
}
