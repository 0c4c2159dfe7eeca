// Lowerings to kernels of ops on the steps of a history.

import { sizeOf } from "../../../middle/graph/types.ts";
import { stepRows } from "../../../middle/ops/count-steps.op.ts";
import { stepsOf } from "../../../middle/ops/repeat.op.ts";
import { eachOf } from "../../../middle/ops/support/shapes.ts";
import { count, flag, input, number, output, stepsCall } from "../kernel-calls.ts";
import { call, type KernelLowerings } from "../lowering.ts";

export const steps = {
  repeat: ({ inputs, output: out }) =>
    call("repeatRows", output, input(0), count(inputs[0]!.rows), count(out.rows), number(sizeOf(out.dims))),
  sum_steps: ({ inputs }) => stepsCall("sumSteps", inputs[0]!),
  max_steps: ({ inputs }) => stepsCall("maxSteps", inputs[0]!),
  softmax_steps: ({ inputs }) => stepsCall("softmaxSteps", inputs[0]!),
  count_steps: ({ attributes, output: out }) =>
    call("countSteps", output, count(out.rows), count(stepRows(attributes))),
  shift_steps: ({ attributes, inputs, output: out }) =>
    call(
      "shiftSteps",
      output,
      input(0),
      input(1),
      count(eachOf(stepsOf(out))),
      count(out.rows),
      number(sizeOf(out.dims)),
      flag(inputs[1]!.rows.kind !== "once"),
      flag(attributes.reverse),
    ),
  resize_steps: ({ attributes: { keep }, inputs, output: out }) =>
    call(
      "resizeSteps",
      output,
      input(0),
      count(eachOf(stepsOf(out))),
      count(inputs[0]!.rows),
      count(out.rows),
      number(sizeOf(out.dims)),
      flag(keep === "last"),
    ),
  sort_steps: ({ attributes: { inverse }, inputs, output: out }) =>
    call(
      "sortSteps",
      output,
      input(0),
      input(1),
      count(eachOf(stepsOf(out))),
      count(out.rows),
      number(sizeOf(out.dims)),
      number(inputs[1]!.dims[0]!),
      flag(inverse),
    ),
  last_step: ({ inputs }) => stepsCall("lastStep", inputs[0]!),
  scatter_last_step: ({ inputs, output: out }) =>
    call(
      "scatterLastStep",
      output,
      input(0),
      count(inputs[0]!.rows),
      count(out.rows),
      number(sizeOf(out.dims)),
    ),
} satisfies Partial<KernelLowerings>;
