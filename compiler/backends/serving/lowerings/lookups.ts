// Lowerings to kernels of ops on rows of tables and on sets.

import { perOf, sizeOf, type TensorType } from "../../../middle/graph/types.ts";
import type { KernelName } from "../../../serve/kernels.ts";
import { count, input, number, output } from "../kernel-calls.ts";
import { call, type KernelArgument, type KernelLowerings, type KernelStep } from "../lowering.ts";

/** Rows of a table for the values of sets. Inputs are the table, the ids and the row of each value. */
function lookupOfElements(
  kernel: KernelName,
  inputs: readonly TensorType[],
  out: TensorType,
  ...more: readonly KernelArgument[]
): KernelStep {
  return call(
    kernel,
    output,
    input(0),
    input(1),
    input(2),
    count(inputs[1]!.rows),
    count(out.rows),
    ...out.dims.map(number),
    ...more,
  );
}

export const lookups = {
  id_number: ({ attributes: { divisor, modulus, unknown }, output: out }) =>
    call(
      "idNumber",
      output,
      input(0),
      count(out.rows),
      number(divisor),
      number(modulus ?? 0),
      number(unknown),
    ),
  lookup: ({ inputs: [x], output: out }) => {
    const width = number(sizeOf(out.dims));
    // The candidates of a request, as its steps, are a copy of their rows.
    return perOf(x!.rows) === "candidate"
      ? call("repeatCandidates", output, input(0), number(1), count(out.rows), width)
      : call("lookup", output, input(0), input(1), count(out.rows), width);
  },
  lookup_gradient: ({ inputs, output: out }) =>
    call(
      "lookupGradient",
      output,
      input(0),
      input(1),
      count(inputs[0]!.rows),
      count(out.rows),
      number(sizeOf(out.dims)),
    ),
  pooled_lookup: ({ attributes: { pool }, inputs, output: out }) =>
    inputs.length === 4
      ? lookupOfElements("weightedSumOfElements", inputs, out, input(3))
      : lookupOfElements(pool === "sum" ? "sumOfElements" : "maxOfElements", inputs, out),
  listed_lookup: ({ inputs, output: out }) => lookupOfElements("listOfElements", inputs, out),
  listed_rows_gradient: ({ inputs: [x], output: out }) =>
    call(
      "listedRowsGradient",
      output,
      input(0),
      input(1),
      count(out.rows),
      number(x!.dims[0]!),
      number(x!.dims[1]!),
    ),
  count_elements: ({ inputs, output: out }) =>
    call("countElements", output, input(0), count(inputs[0]!.rows), count(out.rows)),
} satisfies Partial<KernelLowerings>;
