// Lowerings to kernels of ops on vectors by position.

import { stepsOf } from "../../../middle/ops/repeat.op.ts";
import { eachOf } from "../../../middle/ops/support/shapes.ts";
import { count, input, number, output } from "../kernel-calls.ts";
import { call, type KernelLowerings } from "../lowering.ts";

export const positions = {
  gather_positions: ({ output: out }) =>
    call(
      "gatherPositions",
      output,
      input(0),
      count(eachOf(stepsOf(out))),
      count(out.rows),
      number(out.dims[0]!),
    ),
  scatter_positions: ({ attributes: { length }, inputs: [x] }) =>
    call(
      "scatterPositions",
      output,
      input(0),
      count(eachOf(stepsOf(x!))),
      count(x!.rows),
      number(length),
      number(x!.dims[0]!),
    ),
} satisfies Partial<KernelLowerings>;
