// Lowerings of elementwise ops to kernels. An op has a line here only if its kernel has parameters of its own.

import type { NoAttributes } from "../../../middle/graph/attributes.ts";
import { sizeOf } from "../../../middle/graph/types.ts";
import { type ElementwiseOp, forElementwise, operandsOf } from "../../../middle/ops/registry.ts";
import { splitLast } from "../../../middle/ops/support/shapes.ts";
import { count, flag, input, number, output } from "../kernel-calls.ts";
import { call, type KernelLowering, type KernelLowerings, kernelOf } from "../lowering.ts";

export const elementwise = {
  ...forElementwise(kernelCall),
  dropout: ({ output: out, attributes: { rate } }) =>
    call("dropout", output, input(0), input(1), count(out.rows, sizeOf(out.dims)), number(rate)),
  sigmoid_gradient: ({ output: { rows, dims } }) =>
    call("sigmoidGradient", output, input(0), input(1), count(rows, sizeOf(dims))),
  stop_gradient: copied,
  while_training: copied,
} satisfies Partial<KernelLowerings>;

/**
 * Calls the kernel with the op's name. A kernel of several inputs has arguments that tell which of its
 * operands vary by row and along the width.
 */
function kernelCall(op: ElementwiseOp): KernelLowering<NoAttributes> {
  const kernel = kernelOf(op);
  return ({ inputs, output: out }) => {
    if (inputs.length === 1) return call(kernel, output, input(0), count(out.rows, sizeOf(out.dims)));
    const operands = operandsOf({ op, inputs });
    const { lead, last } = splitLast(out.dims);
    const variation = operands.flatMap(({ rows, dims }) => [
      flag(rows.kind !== "once"),
      flag(splitLast(dims).last === last),
    ]);
    return call(
      kernel,
      output,
      ...operands.map((_, i) => input(i)),
      count(out.rows),
      number(sizeOf(lead)),
      number(last),
      ...variation,
    );
  };
}

/** The first input, which has the type of the output. */
function copied({
  output: { rows, dims },
}: Parameters<KernelLowering<NoAttributes>>[0]): ReturnType<KernelLowering<NoAttributes>> {
  const size = number(sizeOf(dims));
  return call("slice", output, input(0), count(rows), size, number(0), size);
}
