// Lowerings to kernels of ops on lists, which are the first of a value's dims.

import { sizeOf } from "../../../middle/graph/types.ts";
import { onlyList } from "../../../middle/ops/support/lists.ts";
import { count, input, listCall, number, numbers, output } from "../kernel-calls.ts";
import { call, type KernelLowerings } from "../lowering.ts";

export const lists = {
  broadcast_list: ({ attributes: { times }, inputs: [x], output: out }) =>
    call("repeatRows", output, input(0), count(out.rows), count(out.rows, times), number(sizeOf(x!.dims))),
  sum_list: ({ inputs }) => listCall("sumSteps", onlyList("sum_list", inputs)),
  max_list: ({ inputs }) => listCall("maxSteps", onlyList("max_list", inputs)),
  softmax_list: ({ inputs }) => listCall("softmaxSteps", onlyList("softmax_list", inputs)),
  gather_list: ({ attributes: { indices }, inputs }) => {
    const { type, length, item } = onlyList("gather_list", inputs);
    return call(
      "gatherList",
      output,
      input(0),
      count(type.rows),
      number(length),
      numbers(indices),
      number(sizeOf(item)),
    );
  },
  scatter_list: ({ attributes: { indices, length }, inputs }) => {
    const { type, item } = onlyList("scatter_list", inputs);
    return call(
      "scatterList",
      output,
      input(0),
      count(type.rows),
      number(length),
      numbers(indices),
      number(sizeOf(item)),
    );
  },
  transpose: ({ inputs: [x] }) =>
    call("transpose", output, input(0), count(x!.rows), number(x!.dims[0]!), number(x!.dims[1]!)),
} satisfies Partial<KernelLowerings>;
