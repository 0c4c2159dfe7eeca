// Lowerings to kernels of ops on widths: matrix products, concatenation and slices.

import { sizeOf } from "../../../middle/graph/types.ts";
import { around, splitLast } from "../../../middle/ops/support/shapes.ts";
import { count, flag, input, number, output } from "../kernel-calls.ts";
import { call, type KernelCall, type KernelLowerings } from "../lowering.ts";

export const widths = {
  matmul: ({ attributes, inputs, output: out }) => {
    const { lead, last } = splitLast(inputs[0]!.dims);
    return call(
      "matmul",
      output,
      input(0),
      input(1),
      count(out.rows, sizeOf(lead)),
      number(last),
      number(splitLast(out.dims).last),
      flag(attributes.transpose),
    );
  },
  contract_rows: ({ inputs: [x], output: out }) =>
    call(
      "contractRows",
      output,
      input(0),
      input(1),
      count(x!.rows, sizeOf(splitLast(x!.dims).lead)),
      number(out.dims[0]!),
      number(out.dims[1]!),
    ),
  concat: ({ attributes: { dim }, inputs, output: out }) => {
    const { before, after } = around(out.dims, dim);
    const calls: KernelCall[] = [];
    let at = 0;
    inputs.forEach((x, i) => {
      const width = x.dims[dim]! * after;
      calls.push({
        kernel: "concat",
        arguments: [
          output,
          input(i),
          count(out.rows, before),
          number(out.dims[dim]! * after),
          number(at),
          number(width),
          count(x.rows, before),
        ],
      });
      at += width;
    });
    return { kind: "calls", calls };
  },
  slice: ({ attributes: { dim, from }, inputs, output: out }) => {
    const { before, after } = around(out.dims, dim);
    return call(
      "slice",
      output,
      input(0),
      count(out.rows, before),
      number(inputs[0]!.dims[dim]! * after),
      number(from * after),
      number(out.dims[dim]! * after),
    );
  },
  pad: ({ attributes: { dim, before, after }, inputs, output: out }) => {
    const lines = around(out.dims, dim);
    return call(
      "pad",
      output,
      input(0),
      count(out.rows, lines.before),
      number(before * lines.after),
      number(inputs[0]!.dims[dim]! * lines.after),
      number(after * lines.after),
    );
  },
  reshape: ({ output: { rows, dims } }) => {
    const size = number(sizeOf(dims));
    return call("slice", output, input(0), count(rows), size, number(0), size);
  },
  sum_width: ({ inputs: [x] }) => {
    const { lead, last } = splitLast(x!.dims);
    return call("sumWidth", output, input(0), count(x!.rows, sizeOf(lead)), number(last));
  },
} satisfies Partial<KernelLowerings>;
