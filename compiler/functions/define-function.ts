// What a function of the language is: one object with its documentation, its parameters and one rule that gives the
// result's type and, while a Graph is built, its nodes. Registered in registry.ts.

import type { OpAttributes, OpName } from "../graph/attributes.ts";
import type { Initializer, NodeId, Parameter } from "../graph/graph.ts";
import type { Dim } from "../model/dims.ts";
import type { Callable, FeatureReference, TensorValue, Value, WidthOrigin } from "../model/types.ts";
import type { Walker } from "../model/walker.ts";
import type { Span } from "../source/source-file.ts";

/** What a parameter takes; the call is rejected before `apply` where an argument does not fit. */
export type Accepts =
  /** A Vec or Seq, no probability. */
  | "vector"
  /** A Seq, along whose list, or else axis, the function works. */
  | "sequence"
  /** A whole number of at least 1. */
  | "width"
  | "function"
  | "list"
  | "string"
  /** A feature's name, or a history's field: itself, not its vector. */
  | "feature"
  | "any";

export interface FunctionParameter {
  readonly name: string;
  readonly accepts: Accepts;
  /** Given, the argument may be left out. */
  readonly default?: () => Value;
  /** Takes all remaining positional arguments, at least one; parameters after it are given by name. */
  readonly rest?: boolean;
}

export interface LanguageFunction {
  readonly name: string;
  /** Markdown: what it computes, shapes, and the paper where there is one. */
  readonly doc: string;
  readonly parameters: readonly FunctionParameter[];
  readonly apply: (call: FunctionCall) => Value;
}

export function defineFunction(definition: LanguageFunction): LanguageFunction {
  return definition;
}

/** An argument as given: its value and where it stands. */
export interface Actual {
  readonly value: Value;
  readonly span: Span;
}

/** One call, its arguments bound and accepted. */
export interface FunctionCall {
  readonly name: string;
  readonly span: Span;
  readonly walker: Walker;
  actual(parameter: string): Actual;
  rest(): readonly Actual[];
  vector(parameter: string): TensorValue;
  width(parameter: string): Dim;
  callable(parameter: string): Callable;
  feature(parameter: string): FeatureReference;
  text(parameter: string): string;
  /** Adds a node; null while only checking. */
  emit<N extends OpName>(
    op: N,
    inputs: readonly (NodeId | null)[],
    attributes: OpAttributes[N],
  ): NodeId | null;
  /** A number as a node. */
  constant(value: number): NodeId | null;
  /** A vector that varies along what `x` does. */
  like(x: TensorValue, node: NodeId | null, width?: Dim, origin?: WidthOrigin | null): TensorValue;
  /** What is known once, a weight or a constant, [d] or [1], for each element of `x` where that is a list. */
  forEach(x: TensorValue, node: NodeId | null): NodeId | null;
  /** Names this call's layer, once per call: its parameters are called `<path>.<function>_<n>.<name>`. */
  layer(): Layer;
}

export interface Layer {
  /** `net.interest.dense_1` */
  readonly name: string;
  /** Declares a parameter of this layer; null while only checking. */
  parameter(
    name: string,
    dims: readonly Dim[],
    init: (dims: readonly number[]) => Initializer,
    role?: Parameter["role"],
  ): NodeId | null;
}
