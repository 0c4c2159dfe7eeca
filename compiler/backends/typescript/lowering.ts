// How an op becomes a call of a kernel: a function of runtime/serve/kernels that generated code carries along.
// A lowering says which kernel and with which arguments, as data: no source text is put together by hand.

import type { OpContext } from "../../ops/define-op.ts";
import type { Rows } from "../../graph/graph.ts";
import type { KernelName } from "../../../runtime/serve/kernels.ts";

/** An argument of a kernel call. */
export type KernelArgument =
  /** The buffer of an input (by position) or of the output, a Float32Array (Int32Array for ids). */
  | { readonly kind: "input"; readonly index: number }
  | { readonly kind: "output" }
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "flag"; readonly value: boolean }
  /** How many rows there are, known when the request arrives. */
  | { readonly kind: "count"; readonly rows: Rows }
  | { readonly kind: "list"; readonly elements: readonly KernelArgument[] };

export type TypescriptStep =
  | { readonly kind: "call"; readonly kernel: KernelName; readonly arguments: readonly KernelArgument[] }
  /** Nothing to compute: the value is a request column, a weight or a table, found by this name. */
  | { readonly kind: "source"; readonly source: "input" | "parameter" | "table"; readonly name: string }
  /** A constant, filled in once when the module is loaded. */
  | { readonly kind: "constant"; readonly value: number };

export type TypescriptLowering<A> = (context: OpContext<A>) => TypescriptStep;
