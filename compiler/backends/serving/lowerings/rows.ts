// Lowerings to kernels of ops on rows: candidates, examples, and sums over them.

import { sizeOf } from "../../../middle/graph/types.ts";
import { meetingOf } from "../../../middle/ops/dots.op.ts";
import { CANDIDATES } from "../../../middle/ops/repeat-candidates.op.ts";
import { count, input, number, output } from "../kernel-calls.ts";
import { call, type KernelLowerings } from "../lowering.ts";

export const rows = {
  repeat_candidates: ({ inputs, output: out }) =>
    call(
      "repeatCandidates",
      output,
      input(0),
      count(CANDIDATES),
      count(inputs[0]!.rows),
      number(sizeOf(out.dims)),
    ),
  sum_candidates: ({ output: out }) =>
    call("sumCandidates", output, input(0), count(CANDIDATES), count(out.rows), number(sizeOf(out.dims))),
  dots: ({ inputs }) => {
    const { groups, queries, keys, times, width } = meetingOf(inputs);
    return call(
      "dots",
      output,
      input(0),
      input(1),
      count(groups),
      count(queries),
      count(keys, times),
      number(width),
    );
  },
  sum_rows: ({ inputs, output: out }) =>
    call("sumRows", output, input(0), count(inputs[0]!.rows), number(sizeOf(out.dims))),
  count_rows: ({ attributes }) => call("countRows", output, count(attributes.rows)),
  batch_mean: ({ inputs, output: out }) =>
    call("batchMean", output, input(0), input(1), count(inputs[0]!.rows), number(sizeOf(out.dims))),
} satisfies Partial<KernelLowerings>;
