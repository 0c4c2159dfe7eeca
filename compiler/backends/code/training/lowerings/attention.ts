// Scaled dot-product attention and its gradient.

import type {
  AttentionAttributes,
  AttentionGradientAttributes,
} from "../../../../middle/graph/attributes.ts";
import type { TensorType } from "../../../../middle/graph/types.ts";
import { attentionInputs, type InputIndices } from "../../../../middle/ops/support/attention.ts";
import type { I32 } from "../../code.ts";
import { i32 } from "../../expressions.ts";
import { type AttentionAddresses, attentionOf, QUERIES, weightCount } from "../../kernels/attention.ts";
import { attentionGradientsOf } from "../../kernels/attention-gradient.ts";
import { BYTES, type Steps } from "../../vectors.ts";
import type { NodeScratch, OpSite, SiteLowerings } from "../lowering.ts";

export const attention = {
  attention: (site, { attributes, inputs }) =>
    attentionOf(site.f, { ...attendingAt(site, inputs, attributes), out: site.output }),
  attention_gradient: (site, { attributes, inputs }) =>
    attentionGradients(site, inputs, attributes, (of) => (of === attributes.of ? site.output : null)),
} satisfies Partial<SiteLowerings>;

/**
 * Gradients of one attention, written to the address that `place` returns; null for those that are not
 * requested.
 */
export function attentionGradients(
  site: OpSite,
  inputs: readonly TensorType[],
  attributes: AttentionAttributes,
  place: (of: AttentionGradientAttributes["of"]) => I32 | null,
): void {
  attentionGradientsOf(site.f, {
    ...attendingAt(site, inputs, attributes),
    ...{ dy: site.input(3), slopes: site.scratch(1) },
    ...{ dq: place("queries"), dk: place("keys"), dv: place("values") },
  });
}

function attendingAt(
  site: OpSite,
  inputs: readonly TensorType[],
  attributes: AttentionAttributes,
): AttentionAddresses {
  const { rows, queries, keys, values } = attentionInputs("attention", inputs, attributes);
  const stepsOf = ({ at }: InputIndices): Steps =>
    at.kind === "list" ? { kind: "equal", each: i32.const(at.length) } : site.steps(at.rows);
  const { heads, scale, causal } = attributes;
  return {
    ...{ q: site.input(0), k: site.input(1), v: site.input(2), weights: site.scratch(0) },
    ...{ rows: site.count(rows), queries: stepsOf(queries), keys: stepsOf(keys) },
    ...{ width: queries.width, valueWidth: values.width, heads, scale, causal },
  };
}

/** Memory for the weights of queries that go through their keys together; twice as much for the gradients. */
export function attentionScratch(
  inputs: readonly TensorType[],
  attributes: AttentionAttributes,
  times: number,
): NodeScratch[] {
  const { rows, keys } = attentionInputs("attention", inputs, attributes);
  const one: NodeScratch =
    keys.at.kind === "list"
      ? { rows, bytes: BYTES * weightCount(keys.at.length) }
      : // A history's keys are padded to four within the bytes of `ROOM`
        { rows: keys.at.rows, bytes: BYTES * QUERIES };
  return Array.from({ length: times }, () => one);
}
