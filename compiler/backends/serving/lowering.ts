// The type of a lowering from an op to a call of a kernel, a function in compiler/serve/kernels that
// generated code contains. A lowering gives the kernel and its arguments as data; it never builds source
// text.

import type { Rows, StepsRows, TensorType } from "../../middle/graph/types.ts";
import type { ElementwiseOp } from "../../middle/ops/registry.ts";
import type { KernelName } from "../../serve/kernels.ts";
import type { Lowering, Lowerings } from "../contract/lowering.ts";

/** An argument of a kernel call. */
export type KernelArgument =
  /** The buffer of an input (by position) or of the output, a Float32Array (Int32Array for ids). */
  | { readonly kind: "input"; readonly index: number }
  | { readonly kind: "output" }
  /** In a loop: one of its own buffers, and the number of earlier steps in each row. */
  | { readonly kind: "scratch"; readonly index: number }
  | { readonly kind: "time" }
  | { readonly kind: "number"; readonly value: number }
  /** Any number of constants, written inline. */
  | { readonly kind: "numbers"; readonly values: readonly number[] }
  | { readonly kind: "flag"; readonly value: boolean }
  /** The number of rows, known when the request arrives, times a size known at compile time (default 1). */
  | { readonly kind: "count"; readonly rows: Rows; readonly times?: number };

/** Arguments are in the order of the kernel's parameters; `out` is `{ kind: "output" }`. */
export interface KernelCall {
  readonly kernel: KernelName;
  readonly arguments: readonly KernelArgument[];
}

export type KernelStep =
  /** Calls that together fill the output, in order, such as one call for each part of a concatenation. */
  | { readonly kind: "calls"; readonly calls: readonly KernelCall[] }
  | LoopStep
  /** Nothing is computed: the value is a request column, a weight or a table with this name. */
  | { readonly kind: "source"; readonly source: "input" | "parameter" | "table"; readonly name: string }
  /** A constant, filled in once when the module is loaded. */
  | { readonly kind: "constant"; readonly value: number };

/** Runs `first` once, then `calls` for each step of the rows in turn. */
export interface LoopStep {
  readonly kind: "loop";
  readonly over: StepsRows;
  /** Goes from the latest step to the first. */
  readonly reverse: boolean;
  /** The types of its own buffers. */
  readonly scratch: readonly TensorType[];
  readonly first: readonly KernelCall[];
  readonly calls: readonly KernelCall[];
}

export type KernelLowering<A> = Lowering<A, KernelStep>;

export type KernelLowerings = Lowerings<KernelStep>;

/** The common case: one call of one kernel. */
export function call(kernel: KernelName, ...args: readonly KernelArgument[]): KernelStep {
  return { kind: "calls", calls: [{ kernel, arguments: args }] };
}

export type CamelCase<Name extends string> = Name extends `${infer First}_${infer Rest}`
  ? `${First}${Capitalize<CamelCase<Rest>>}`
  : Name;

/** The kernel with the op's name. Does not compile while an elementwise op has none. */
export function kernelOf(op: ElementwiseOp): KernelName {
  return op.replace(/_(.)/g, (_, first: string) => first.toUpperCase()) as CamelCase<ElementwiseOp>;
}
