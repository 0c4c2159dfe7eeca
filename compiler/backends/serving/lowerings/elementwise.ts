// Lowerings of elementwise ops to kernels.

import type { NoAttributes } from "../../../middle/graph/attributes.ts";
import { sizeOf } from "../../../middle/graph/types.ts";
import { splitLast } from "../../../middle/ops/support/shapes.ts";
import type { KernelName } from "../../../serve/kernels.ts";
import { count, flag, input, number, output } from "../kernel-calls.ts";
import { call, type KernelLowering, type KernelLowerings } from "../lowering.ts";

export const elementwise = {
  add: spread("add"),
  subtract: spread("subtract"),
  multiply: spread("multiply"),
  divide: spread("divide"),
  maximum: spread("maximum"),
  dropout: ({ output: out, attributes: { rate } }) =>
    call("dropout", output, input(0), input(1), count(out.rows, sizeOf(out.dims)), number(rate)),
  equal: spread("equal"),
  greater: spread("greater"),
  choose: spread("choose"),
  negate: unary("negate"),
  exp: unary("exp"),
  log: unary("log"),
  sqrt: unary("sqrt"),
  sin: unary("sin"),
  cos: unary("cos"),
  sigmoid: unary("sigmoid"),
  sigmoid_gradient: ({ output: { rows, dims } }) =>
    call("sigmoidGradient", output, input(0), input(1), count(rows, sizeOf(dims))),
  tanh: unary("tanh"),
  relu: unary("relu"),
  step: unary("step"),
  softplus: unary("softplus"),
  stop_gradient: ({ output: { rows, dims } }) => {
    const size = number(sizeOf(dims));
    return call("slice", output, input(0), count(rows), size, number(0), size);
  },
} satisfies Partial<KernelLowerings>;

/** A kernel of several operands, with arguments that tell which of them vary by row and along the width. */
function spread(kernel: KernelName): KernelLowering<NoAttributes> {
  return ({ inputs, output: out }) => {
    const { lead, last } = splitLast(out.dims);
    const variation = inputs.flatMap(({ rows, dims }) => [
      flag(rows.kind !== "once"),
      flag(splitLast(dims).last === last),
    ]);
    return call(
      kernel,
      output,
      ...inputs.map((_, i) => input(i)),
      count(out.rows),
      number(sizeOf(lead)),
      number(last),
      ...variation,
    );
  };
}

function unary(kernel: KernelName): KernelLowering<NoAttributes> {
  return ({ output: out }) => call(kernel, output, input(0), count(out.rows, sizeOf(out.dims)));
}
