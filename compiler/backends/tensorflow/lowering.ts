// How an op becomes nodes of a TensorFlow GraphDef. Pure: the builder makes plain data; `runtime/train` serialises it.

import type { Rows, StepsRows } from "../../graph/graph.ts";
import type { OpContext } from "../../ops/define-op.ts";

/** `node:0`, an output of a GraphDef node. */
export type TensorRef = string & { readonly __tensor: unique symbol };

export type TensorflowType = "float32" | "int32";

export type TensorflowAttribute =
  | { readonly kind: "type"; readonly value: TensorflowType }
  | { readonly kind: "int"; readonly value: number }
  | { readonly kind: "float"; readonly value: number }
  | { readonly kind: "bool"; readonly value: boolean }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "shape"; readonly value: readonly (number | null)[] }
  | {
      readonly kind: "tensor";
      readonly dtype: TensorflowType;
      readonly dims: readonly number[];
      readonly values: readonly number[];
    };

export interface TensorflowEmitter {
  /** Adds a node and gives its first output. `attributes` are those of the op's OpDef. */
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
  /** i32 [steps]: the row each step belongs to. */
  segments(rows: StepsRows): TensorRef;
  /** A fed placeholder, by input name; made once. */
  input(name: string): TensorRef;
  /** The current value of a parameter (before this run's updates). */
  parameter(name: string): TensorRef;
  /** The fed rows of a table, [rows, width]. */
  table(name: string): TensorRef;
}

export type TensorflowLowering<A> = (
  emit: TensorflowEmitter,
  inputs: readonly TensorRef[],
  context: OpContext<A>,
) => TensorRef;
