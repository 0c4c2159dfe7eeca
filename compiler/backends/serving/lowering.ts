// The type of a lowering from an op to a call of a kernel, that is, of a function in compiler/serve/kernels
// that generated code contains. A lowering names the kernel and its arguments as data; it never builds source
// text.

import type { Rows, StepsRows, TensorType } from "../../middle/graph/types.ts";
import type { KernelName } from "../../serve/kernels.ts";
import type { Lowering, Lowerings } from "../contract/lowering.ts";

/** An argument of a kernel call. */
export type KernelArgument =
  /** The buffer of an input (by position) or of the output, a Float32Array (Int32Array for ids). */
  | { readonly kind: "input"; readonly index: number }
  | { readonly kind: "output" }
  /** Of a loop: one of its own buffers, and how many steps came before this one in each row. */
  | { readonly kind: "scratch"; readonly index: number }
  | { readonly kind: "time" }
  | { readonly kind: "number"; readonly value: number }
  /** As many as you like, written out where they are used. */
  | { readonly kind: "numbers"; readonly values: readonly number[] }
  | { readonly kind: "flag"; readonly value: boolean }
  /** How many rows there are, known when the request arrives, times a size known when compiling (default 1). */
  | { readonly kind: "count"; readonly rows: Rows; readonly times?: number };

/** Arguments stand in the order of the kernel's parameters; `out` is `{ kind: "output" }`. */
export interface KernelCall {
  readonly kernel: KernelName;
  readonly arguments: readonly KernelArgument[];
}

export type KernelStep =
  /** Calls that together fill the output, in their order; a concatenation is one `place` for each part. */
  | { readonly kind: "calls"; readonly calls: readonly KernelCall[] }
  | LoopStep
  /** Nothing to compute: the value is a request column, a weight or a table, found by this name. */
  | { readonly kind: "source"; readonly source: "input" | "parameter" | "table"; readonly name: string }
  /** A constant, filled in once when the module is loaded. */
  | { readonly kind: "constant"; readonly value: number };

/** `first` once, then `calls` for each step of the rows in turn. */
export interface LoopStep {
  readonly kind: "loop";
  readonly over: StepsRows;
  /** From the latest step to the first. */
  readonly reverse: boolean;
  /** What its own buffers hold. */
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
