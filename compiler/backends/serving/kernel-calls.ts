// Argument types that all lowerings to kernels share.

import { invariant } from "../../common/internal-error.ts";
import { type Rows, sizeOf, type TensorType } from "../../middle/graph/types.ts";
import type { List } from "../../middle/ops/support/lists.ts";
import { eachOf } from "../../middle/ops/support/shapes.ts";
import type { KernelName } from "../../serve/kernels.ts";
import { call, type KernelArgument, type KernelStep } from "./lowering.ts";

export const output: KernelArgument = { kind: "output" };

export function input(index: number): KernelArgument {
  return { kind: "input", index };
}

export function number(value: number): KernelArgument {
  return { kind: "number", value };
}

export function numbers(values: readonly number[]): KernelArgument {
  return { kind: "numbers", values };
}

export function flag(value: boolean): KernelArgument {
  return { kind: "flag", value };
}

/** The number of rows times `times`. */
export function count(rows: Rows, times = 1): KernelArgument {
  return rows.kind === "once" ? number(times) : { kind: "count", rows, times };
}

/** A kernel over the steps of each row of x: (out, x, rows, steps, size of the dims). */
export function stepsCall(kernel: KernelName, x: TensorType): KernelStep {
  invariant(x.rows.kind === "steps", `${kernel} of what has no steps`);
  return call(kernel, output, input(0), count(eachOf(x.rows)), count(x.rows), number(sizeOf(x.dims)));
}

/** A kernel over the items of each row of x, as over the steps of a history: (out, x, rows, items, size of an item). */
export function listCall(kernel: KernelName, list: List): KernelStep {
  const { rows } = list.type;
  return call(kernel, output, input(0), count(rows), count(rows, list.length), number(sizeOf(list.item)));
}
