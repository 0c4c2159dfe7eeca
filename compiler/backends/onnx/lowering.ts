// The type of a lowering from an op to nodes of an ONNX graph (opset 18). Rows are those of a ranking
// program. All histories of one name are equally long, so steps are a plain axis. Steps that belong to
// candidates are ordered by candidate.

import type { Rows, StepsRows, TensorType } from "../../middle/graph/types.ts";
import type { Lowering, Lowerings } from "../contract/lowering.ts";

/** The name of a value. */
export type OnnxRef = string & { readonly __onnx: unique symbol };

export type OnnxAttribute =
  | { readonly kind: "int"; readonly value: number }
  | { readonly kind: "ints"; readonly values: readonly number[] }
  | { readonly kind: "string"; readonly value: string };

/** Attributes by name. */
export type OnnxAttributes = Readonly<Record<string, OnnxAttribute>>;

export interface OnnxEmitter {
  /** Adds a node and gives its only output. */
  node(op: string, inputs: readonly OnnxRef[], attributes?: OnnxAttributes): OnnxRef;
  /** The same of a node with several outputs: that with a number, from 0, of so many. */
  output(
    op: string,
    inputs: readonly OnnxRef[],
    which: readonly [index: number, of: number],
    attributes?: OnnxAttributes,
  ): OnnxRef;
  /** A shared constant. */
  floats(values: readonly number[], dims: readonly number[]): OnnxRef;
  /** A shared vector of int64: shapes, axes, places. */
  ints(values: readonly number[]): OnnxRef;
  /** How many rows there are, int64 [1]. */
  count(rows: Rows): OnnxRef;
  /** How many steps each row has, int64 [1]. */
  stepCount(rows: StepsRows): OnnxRef;
  input(name: string): OnnxRef;
  parameter(name: string): OnnxRef;
  table(name: string): OnnxRef;
  /** The states after each step, along `axis`. There must be one at least: onnxruntime stumbles over none. */
  scan(scan: OnnxScan): OnnxRef;
}

export interface OnnxScan {
  /** Where the steps stand, in what is read and in what comes out. */
  readonly axis: number;
  /** From the latest step to the first. */
  readonly reverse: boolean;
  readonly start: OnnxRef;
  /** What a state is. */
  readonly state: TensorType;
  /** What changes from step to step, and what one step has of it. */
  readonly steps: readonly { readonly value: OnnxRef; readonly type: TensorType }[];
  /**
   * The new state from the one before and what the step has; other values from outside may be read as they are. All rows
   * that `emit` counts are those of `state`.
   */
  readonly body: (emit: OnnxEmitter, state: OnnxRef, steps: readonly OnnxRef[]) => OnnxRef;
}

type Before = [emit: OnnxEmitter, inputs: readonly OnnxRef[]];

export type OnnxLowering<A> = Lowering<A, OnnxRef, Before>;

export type OnnxLowerings = Lowerings<OnnxRef, Before>;
