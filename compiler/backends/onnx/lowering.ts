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
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "strings"; readonly values: readonly string[] };

/** Attributes by name. */
export type OnnxAttributes = Readonly<Record<string, OnnxAttribute>>;

export interface OnnxEmitter {
  /** Adds a node and returns its only output. */
  node(op: string, inputs: readonly OnnxRef[], attributes?: OnnxAttributes): OnnxRef;
  /** Adds a node with several outputs and returns the one with the given number, from 0. */
  output(
    op: string,
    inputs: readonly OnnxRef[],
    which: readonly [index: number, of: number],
    attributes?: OnnxAttributes,
  ): OnnxRef;
  /** A shared constant. */
  floats(values: readonly number[], dims: readonly number[]): OnnxRef;
  /** The same in f64, in which raw numbers are transformed. */
  doubles(values: readonly number[], dims: readonly number[]): OnnxRef;
  /** A shared vector of int64, such as shapes, axes and positions. */
  ints(values: readonly number[]): OnnxRef;
  /** The number of rows, int64 [1]. */
  count(rows: Rows): OnnxRef;
  /** The number of steps of each row, int64 [1]. */
  stepCount(rows: StepsRows): OnnxRef;
  /** The ids of texts in the vocabulary of `owner`, int64. */
  labels(owner: string, vocabulary: readonly string[], texts: OnnxRef): OnnxRef;
  input(name: string): OnnxRef;
  parameter(name: string): OnnxRef;
  table(name: string): OnnxRef;
  /**
   * The states after each step, along `axis`. There must be at least one step: onnxruntime fails without any.
   */
  scan(scan: OnnxScan): OnnxRef;
}

export interface OnnxScan {
  /** The axis of the steps, in the inputs and in the result. */
  readonly axis: number;
  /** Goes from the latest step to the first. */
  readonly reverse: boolean;
  readonly start: OnnxRef;
  /** The type of the state. */
  readonly state: TensorType;
  /** Values that change from step to step, with their type in one step. */
  readonly steps: readonly { readonly value: OnnxRef; readonly type: TensorType }[];
  /**
   * Computes the new state from the previous one and the step's values. It may read other values from
   * outside. All rows that `emit` counts are those of `state`.
   */
  readonly body: (emit: OnnxEmitter, state: OnnxRef, steps: readonly OnnxRef[]) => OnnxRef;
}

/** An input of the model, which callers give. */
export interface GivenInput {
  readonly name: string;
  readonly type: "f32" | "i32" | "f64" | "i64" | "text";
  /** Sizes, or names of sizes known at run time. */
  readonly axes: readonly (number | string)[];
  readonly doc: string;
}

/** Computes inputs of a Graph from what callers give. */
export interface OnnxFeeding {
  /** Whether the input has the same value in every request. */
  isConstant(name: string): boolean;
  /** `axesOf` has the axes of an input of the Graph. */
  value(
    name: string,
    emit: OnnxEmitter,
    give: (input: GivenInput) => OnnxRef,
    axesOf: (name: string) => GivenInput["axes"],
  ): OnnxRef;
  /** The number of steps that count of a history with a given number, int64 [1] both. */
  steps(history: string, given: OnnxRef, emit: OnnxEmitter): OnnxRef;
  /** An output of the Graph, once all inputs are computed. */
  result(emit: OnnxEmitter, value: OnnxRef): OnnxRef;
}

type Before = [emit: OnnxEmitter, inputs: readonly OnnxRef[]];

export type OnnxLowering<A> = Lowering<A, OnnxRef, Before>;

export type OnnxLowerings = Lowerings<OnnxRef, Before>;
