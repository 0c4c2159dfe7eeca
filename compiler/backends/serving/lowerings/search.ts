// Lowerings to kernels of the search among the steps of a history.

import { indexedSteps } from "../../../middle/ops/gather-steps.op.ts";
import { stepsOf } from "../../../middle/ops/repeat.op.ts";
import { count, flag, input, number, output } from "../kernel-calls.ts";
import { call, type KernelLowerings } from "../lowering.ts";

export const search = {
  select_steps: ({ attributes, inputs, output: out }) =>
    call("selectSteps", output, input(0), count(out.rows), count(inputs[0]!.rows), number(attributes.count)),
  gather_steps: ({ inputs: [x, places] }) => {
    const { rows, steps, length, width } = indexedSteps("gather_steps", x!, places!);
    return call(
      "gatherSteps",
      output,
      input(0),
      input(1),
      count(rows),
      count(steps),
      number(length),
      number(width),
      flag(rows.per !== steps.per),
    );
  },
  scatter_steps: ({ inputs: [x], output: out }) =>
    call(
      "scatterSteps",
      output,
      input(0),
      input(1),
      count(x!.rows),
      count(stepsOf(out)),
      number(x!.dims[0]!),
      number(x!.dims[1]!),
    ),
} satisfies Partial<KernelLowerings>;
