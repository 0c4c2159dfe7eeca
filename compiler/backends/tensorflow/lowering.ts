// The type of a lowering from an op to nodes of a TensorFlow GraphDef. Pure: the builder makes plain data, which
// `runtime/engines` serialises.

import type { Rows, StepsRows } from "../../middle/graph/types.ts";
import type { Lowering, Lowerings } from "../contract/lowering.ts";

/** `node` or `node:1`, an output of a GraphDef node. */
export type TensorRef = string & { readonly __tensor: unique symbol };

/** The output `index` of a node with several outputs, given the first. */
export function outputOf(node: TensorRef, index: number): TensorRef {
  return `${node}:${index}` as TensorRef;
}

/** `variant` is an opaque value of TensorFlow's own ops: a list of tensors. */
export type TensorflowType = "float32" | "int32" | "variant";

export type TensorflowAttribute =
  | { readonly kind: "type"; readonly value: TensorflowType }
  | { readonly kind: "int"; readonly value: number }
  | { readonly kind: "float"; readonly value: number }
  | { readonly kind: "bool"; readonly value: boolean }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "shape"; readonly value: readonly (number | null)[] }
  | {
      readonly kind: "tensor";
      readonly dtype: "float32" | "int32";
      readonly dims: readonly number[];
      readonly values: readonly number[];
    };

export interface TensorflowEmitter {
  /** Adds a node and returns its first output. `attributes` are those of the op's OpDef. */
  node(
    op: string,
    inputs: readonly TensorRef[],
    attributes: Readonly<Record<string, TensorflowAttribute>>,
  ): TensorRef;
  /** A shared constant. */
  floats(values: readonly number[], dims: readonly number[]): TensorRef;
  ints(values: readonly number[], dims: readonly number[]): TensorRef;
  /** Number of rows, an i32 scalar. */
  count(rows: Rows): TensorRef;
  /** i32 [steps]: the row of each step. */
  segments(rows: StepsRows): TensorRef;
  /** The placeholder of an input, made once. */
  input(name: string): TensorRef;
  /** The current value of a parameter (before this run's updates). */
  parameter(name: string): TensorRef;
  /** The fed rows of a table, [rows, width]. */
  table(name: string): TensorRef;
  /** Nodes that run repeatedly; returns the variables after the last run. */
  loop(loop: TensorflowLoop): readonly TensorRef[];
}

/** `while (condition) variables = body`. Its nodes read outer values through `enter`; constants need none. */
export interface TensorflowLoop {
  readonly variables: readonly { readonly initial: TensorRef; readonly dtype: TensorflowType }[];
  /** A bool scalar. */
  readonly condition: (emit: LoopEmitter, variables: readonly TensorRef[]) => TensorRef;
  /** New values of the variables. */
  readonly body: (emit: LoopEmitter, variables: readonly TensorRef[]) => readonly TensorRef[];
}

export interface LoopEmitter extends TensorflowEmitter {
  /** Makes an outer value available in the loop; it is the same in every run. */
  enter(outside: TensorRef, dtype: TensorflowType): TensorRef;
}

type Before = [emit: TensorflowEmitter, inputs: readonly TensorRef[]];

export type TensorflowLowering<A> = Lowering<A, TensorRef, Before>;

export type TensorflowLowerings = Lowerings<TensorRef, Before>;
