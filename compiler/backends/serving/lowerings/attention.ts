// Lowerings of ops on scaled dot-product attention to kernels.

import type { AttentionAttributes } from "../../../middle/graph/attributes.ts";
import { operands } from "../../../middle/ops/attention-gradient.op.ts";
import { attentionInputs, type InputIndices } from "../../../middle/ops/support/attention.ts";
import { count, flag, input, number, output } from "../kernel-calls.ts";
import { call, type KernelArgument, type KernelLowerings } from "../lowering.ts";

export const attention = {
  attention: ({ attributes, inputs }) =>
    call("attention", output, input(0), input(1), input(2), ...attentionSizes(inputs, attributes)),
  attention_gradient: ({ attributes, inputs }) =>
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
} satisfies Partial<KernelLowerings>;

/**
 * Arguments of the kernels: rows, numbers of queries and keys, widths of queries and values, heads, scale,
 * causal.
 */
function attentionSizes(
  inputs: Parameters<typeof attentionInputs>[1],
  attributes: AttentionAttributes,
): KernelArgument[] {
  const { rows, queries, keys, values } = attentionInputs("attention", inputs, attributes);
  const all = ({ at }: InputIndices) => (at.kind === "list" ? count(rows, at.length) : count(at.rows));
  return [
    count(rows),
    all(queries),
    all(keys),
    number(queries.width),
    number(values.width),
    number(attributes.heads),
    number(attributes.scale),
    flag(attributes.causal),
  ];
}
