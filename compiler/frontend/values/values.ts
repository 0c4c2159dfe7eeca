// The language's types and values, and the interface of built-in functions. They refer to each other, so they
// share a file: a value may be a function, a lambda keeps the names that it sees, and a built-in function
// maps values to values.

import type { Span } from "../../common/source-file.ts";
import type { Details, DiagnosticKind } from "../../diagnostics/diagnostic.ts";
import type { GraphBuilder } from "../../middle/builder/builder.ts";
import type { DrawnRole, FeatureRole, OpAttributes, OpName } from "../../middle/graph/attributes.ts";
import type { Initializer, NodeId, Parameter } from "../../middle/graph/graph.ts";
import type { TensorType } from "../../middle/graph/types.ts";
import type { Feature, History, Model, WrittenInit } from "../model/model.ts";
import type { BlockItem, Expression, FeatureScope, Identifier, Local } from "../syntax/nodes.ts";
import type { Dim } from "./dims.ts";
import type { NetworkReads } from "./network-reads.ts";
import type { WalkMode } from "./walk-mode.ts";

/** A history, or in a block's signature any axis (`Seq[h, d]`). */
export interface Axis {
  readonly kind: "history" | "variable";
  readonly name: string;
  /** The location of its declaration. */
  readonly span: Span;
}

/**
 * The inputs of a value, which determine when it is known. `state` is that of a recurrence, inside it;
 * `label` and the scope `training` are known in training only, so losses may read them and predictions may
 * not.
 */
export type Source = FeatureScope | "history" | "state" | "label";

export type Sources = ReadonlySet<Source>;

/**
 * The axes of a value: the steps of a history, whose number differs by example (rows of the Graph); the
 * elements of a list, whose number is known when compiling (a leading dim of each row); or both: a list for
 * each step.
 */
export interface LeadingAxes {
  readonly axis: Axis | null;
  readonly list: Dim | null;
}

/**
 * `Vec[width]`, along an axis `Seq[axis, width]`, along a list `Seq[3, width]`; `Prob` if it is a
 * probability, `Classes[width]` if its numbers are the probabilities of all classes.
 */
export interface VectorType extends LeadingAxes {
  readonly kind: "tensor";
  readonly width: Dim;
  readonly probability: boolean;
  /** True for the result of `softmax`, which is also accepted as a Vec. */
  readonly distribution: boolean;
}

export type Type =
  | VectorType
  /** A whole number known when compiling; in a block checked for all numbers, a polynomial over its parameters. */
  | { readonly kind: "int"; readonly value: Dim }
  /** Null in a block that is checked for all numbers. */
  | { readonly kind: "float"; readonly value: number | null }
  | { readonly kind: "string"; readonly value: string }
  /**
   * The elements, known when compiling; null in a block that is checked for all lists. Vectors of one width
   * also form a Seq.
   */
  | {
      readonly kind: "list";
      readonly elements: readonly Value[] | null;
      readonly length: Dim;
      /** The number of values in it, including those of nested lists and repeated ones. */
      readonly size: number;
      /** Like `isConcrete`, for all elements. */
      readonly isConcrete: boolean;
      readonly of: "Int" | "Float" | null;
      /** True for a named list of features: in a list and in `concat` it is replaced by them. */
      readonly isGroup: boolean;
    }
  | { readonly kind: "function"; readonly callable: Callable }
  | FeatureType
  | EveryType
  /** Initial values of learned numbers; null if their use decides. */
  | { readonly kind: "initial"; readonly init: WrittenInit | null }
  /** Already reported: any value computed from it is also an error, without a message. */
  | { readonly kind: "error" };

/** A feature itself; in a computation it becomes the vector of its name. */
export interface FeatureType {
  readonly kind: "feature";
  /** One feature; inside a function applied to each feature of a list, the features of that list. */
  readonly references: readonly FeatureReference[];
  /** The outer axes, if any. */
  readonly lift: LeadingAxes | null;
}

/**
 * The vectors of all rows of a table, or of the whole batch, for a softmax over them. Those of the batch's rows become a Seq in any other
 * computation.
 */
export interface EveryType {
  readonly kind: "every";
  /** One vector for each row, or step, of all. */
  readonly of: TensorValue;
  readonly rows: "table" | "batch";
  /** The values of the batch along its axis; null where a row cannot have all of them. */
  readonly along: TensorValue | null;
  /** As the axis of the type: `rows(item_id)`, `batch`. */
  readonly axis: string;
}

/** A feature with one value per row, or a history's field with one per step. */
export interface FeatureReference {
  readonly feature: Feature;
  readonly history: History | null;
  /** The role of the input with its values. */
  readonly role: FeatureRole | DrawnRole;
  /** For drawn ids, the length of their list. */
  readonly drawn?: Dim;
  /** For a field of chosen steps: their list, and the inputs of the choice. */
  readonly chosen?: { readonly list: Dim; readonly sources: Sources };
  /** For a feature that is read along another axis, as by `facing` or `batch`. */
  readonly along?: ReadAlong;
  /** True for all rows of the feature's tables, instead of those that the examples have. */
  readonly every?: true;
}

/** How the value of a feature becomes one along another axis. */
export interface ReadAlong {
  /** The axis in types: `facing clicks`, `batch`. */
  readonly axis: string;
  readonly of: (value: TensorValue) => TensorValue;
}

export type Callable =
  | { readonly kind: "builtin"; readonly definition: LanguageFunction }
  | { readonly kind: "block"; readonly block: BlockItem }
  | {
      readonly kind: "lambda";
      readonly parameters: readonly Identifier[];
      readonly locals: readonly Local[];
      readonly body: Expression;
      readonly environment: Environment;
    }
  | { readonly kind: "layer"; readonly layer: DeclaredLayer }
  /** The `Activation` of a block that is checked for all activations: it keeps the shape. */
  | { readonly kind: "any_activation" };

/** A function whose calls share its weights. */
export interface DeclaredLayer {
  readonly name: Identifier;
  /** The function that is called, or a call as it may follow `|>`. */
  readonly value: Expression;
  /** The names that it sees. */
  readonly environment: Environment;
}

/** The location that decided a value's width, for messages. */
export interface WidthOrigin {
  readonly span: Span;
  readonly what: string;
}

/** The event of a probability, as far as arithmetic can tell which two exclude each other. */
export interface ProbabilityEvent {
  /** The same object for an event and its opposite. */
  readonly identity: object;
  readonly happens: boolean;
  /** The factors of a product of probabilities. */
  readonly factors: readonly TensorValue[];
  /** The number of factors, including nested ones; 1 if there are none. */
  readonly size: number;
}

export interface Value {
  readonly type: Type;
  readonly node: NodeId | null;
  /** For a probability, the node of its logit; for a distribution, that of all its logits. */
  readonly logit: NodeId | null;
  /** For the result of `exp`, the node of its argument. */
  readonly exponent: NodeId | null;
  /** For a probability, its event. */
  readonly event: ProbabilityEvent | null;
  readonly sources: Sources;
  /**
   * If a block or function of a Vec is applied to each step or element of a Seq, its body sees a Vec. These
   * are the axes along which the Vec varies outside the body.
   */
  readonly outerAxes: LeadingAxes;
  readonly widthOrigin: WidthOrigin | null;
}

/** A value whose type is known to be a tensor. */
export interface TensorValue extends Value {
  readonly type: VectorType;
}

interface Entry {
  readonly value: Value;
  /** For a block's parameter: the location of the argument. */
  readonly given: Span | null;
  used: boolean;
}

/**
 * Names that an expression sees, innermost first. Reading a name marks it as used, for warnings about unused
 * names.
 */
export class Environment {
  private readonly entries = new Map<string, Entry>();
  private readonly parent: Environment | null;
  /** The block of this body; null in `net`, the only place that sees features and histories. */
  readonly block: BlockItem | null;

  private constructor(parent: Environment | null, block: BlockItem | null) {
    this.parent = parent;
    this.block = block;
  }

  static ofNet(): Environment {
    return new Environment(null, null);
  }

  static ofBlock(block: BlockItem): Environment {
    return new Environment(null, block);
  }

  within(): Environment {
    return new Environment(this, this.block);
  }

  define(name: string, value: Value, given: Span | null = null): void {
    this.entries.set(name, { value, given, used: false });
  }

  /** The same names, without those defined later. */
  upToHere(): Environment {
    const copy = new Environment(this.parent, this.block);
    for (const [name, entry] of this.entries) copy.entries.set(name, entry);
    return copy;
  }

  /** Returns the value of a name and marks it as used; undefined if no such name is visible. */
  read(name: string): Value | undefined {
    const entry = this.entries.get(name);
    if (entry === undefined) return this.parent?.read(name);
    entry.used = true;
    return entry.value;
  }

  /** Like `read`, without marking. */
  peek(name: string): Value | undefined {
    return this.entries.get(name)?.value ?? this.parent?.peek(name);
  }

  /** The location of the argument for the parameter `name`; null if it isn't a parameter of a block. */
  givenAt(name: string): Span | null {
    const entry = this.entries.get(name);
    return entry === undefined ? (this.parent?.givenAt(name) ?? null) : entry.given;
  }

  isUsed(name: string): boolean {
    return this.entries.get(name)?.used ?? false;
  }

  /** All visible names, for suggestions. */
  names(): string[] {
    return [...this.entries.keys(), ...(this.parent?.names() ?? [])];
  }
}

/** The argument types that a parameter accepts; a call with another type is rejected before `apply`. */
export type Accepts =
  /** A Vec or Seq that isn't a probability. */
  | "vector"
  /** A Seq; the function works along its list, or else its axis. */
  | "sequence"
  /** A whole number of at least 1. */
  | "width"
  | "function"
  | "list"
  | "string"
  /** A Seq, or a list of features, which stay features. */
  | "elements"
  /** A Seq; a history's field stays a field. */
  | "steps"
  /** A Vec or Seq; a row's feature stays a feature. */
  | "values"
  /** A feature's name or a history's field: the feature, not its vector. */
  | "feature"
  /** All rows of a table or of the batch. */
  | "every"
  /** `normal(0.01)`, `zeros`, or a number. */
  | "initial"
  /** `uniform` or `normal`. */
  | "distribution"
  /** The word `freeze` alone. */
  | "freeze"
  /** A string; for a feature or a whole number, its text. */
  | "name"
  | "any";

export interface FunctionParameter {
  readonly name: string;
  readonly accepts: Accepts;
  /** If present, the argument is optional. */
  readonly default?: () => Value;
  /** Takes all remaining positional arguments, at least one; later parameters are given by name. */
  readonly rest?: boolean;
  /** It is never given by position, except as a word such as `freeze`. */
  readonly isNamed?: true;
  /** True if a group is replaced by its features. */
  readonly takesGroups?: boolean;
  /** Also accepts a list of lists or numbers. */
  readonly takesLists?: true;
}

export interface NumberFunction {
  /** Takes as many numbers as the function has arguments; NaN if it has no value there. */
  readonly of: (...numbers: number[]) => number;
  /** True if whole numbers give a whole number. */
  readonly isWhole?: true;
}

/**
 * One object with its documentation, its parameters and one rule for the result's type and, while a Graph is
 * built, its nodes.
 */
export interface LanguageFunction {
  readonly name: string;
  /** Markdown: its computation, shapes, and the paper if there is one. */
  readonly doc: string;
  readonly parameters: readonly FunctionParameter[];
  /** True if it goes along a list whose number of elements differs by row, and leaves out missing ones. */
  readonly knowsVarying?: true;
  /** Its value for numbers alone, which is computed when compiling. */
  readonly ofNumbers?: NumberFunction;
  /** True if its feature may be `rows(f)`. */
  readonly takesRows?: true;
  /** True for a value of the language, which is read by its name alone. */
  readonly isValue?: true;
  readonly apply: (call: FunctionCall) => Value;
}

/** An argument with its value and location. */
export interface ArgumentValue {
  readonly value: Value;
  readonly span: Span;
}

export interface TensorArgument extends ArgumentValue {
  readonly value: TensorValue;
}

/** An argument of a call; piped values come first. */
export interface GivenArgument extends ArgumentValue {
  readonly name: Identifier | null;
}

/** One call, its arguments bound and accepted. */
export interface FunctionCall {
  readonly name: string;
  readonly span: Span;
  readonly elaboration: Elaboration;
  argument(parameter: string): ArgumentValue;
  rest(): readonly ArgumentValue[];
  vector(parameter: string): TensorValue;
  width(parameter: string): Dim;
  callable(parameter: string): Callable;
  feature(parameter: string): FeatureType;
  text(parameter: string): string;
  /** Adds a node; null while only checking. */
  emit<N extends OpName>(
    op: N,
    inputs: readonly (NodeId | null)[],
    attributes: OpAttributes[N],
  ): NodeId | null;
  /** A constant as a node. */
  constant(value: number): NodeId | null;
  /** A vector that varies along the axes of `x`. */
  like(x: TensorValue, node: NodeId | null, width?: Dim, origin?: WidthOrigin | null): TensorValue;
  /** A weight or constant, [d] or [1], for each element of `x` if that is a list. */
  forEach(x: TensorValue, node: NodeId | null): NodeId | null;
  /** Names this call's layer, once per call: its parameters are called `<path>.<function>_<n>.<name>`. */
  layer(): Layer;
}

export interface Layer {
  /** `net.interest.dense_1` */
  readonly name: string;
  /** The same in all calls of the `layer` that contains it. */
  readonly sharedName: string;
  /** Declares a parameter of this layer; null while only checking. */
  parameter(
    name: string,
    dims: readonly Dim[],
    init: (dims: readonly number[]) => Initializer,
    role?: Parameter["role"],
  ): NodeId | null;
}

/** The interface of the walk for functions and operations on values. */
export interface Elaboration {
  /** True while a spec is checked. Otherwise a checked spec is lowered, and nodes are made. */
  readonly isChecking: boolean;
  readonly declarations: Pick<Model, "features" | "histories">;
  /** The rows read so far. */
  readonly reads: NetworkReads;
  readonly mode: WalkMode;
  report<P>(kind: DiagnosticKind<P>, parameters: P, span: Span, details?: Details): void;
  /** Adds a node; null while only checking. */
  emit<N extends OpName>(
    op: N,
    inputs: readonly (NodeId | null)[],
    attributes: OpAttributes[N],
    span: Span,
  ): NodeId | null;
  /** The type of a node that was made. */
  typeOf(node: NodeId): TensorType;
  /** Makes nodes with an op's own helpers; null while only checking. */
  build<T>(make: (builder: GraphBuilder) => T): T | null;
  /** A number as a node. */
  constant(value: number, span: Span): NodeId | null;
  /** Reads a parameter that all uses of its name share. */
  sharedParameter(parameter: Parameter, span: Span): NodeId | null;
  /** A fresh variable for any whole number. */
  anyInt(): Value;
  call(callable: Callable, name: string, given: readonly GivenArgument[], span: Span): Value;
  /** A feature as the vector of its name, an error if it has none; other values unchanged. */
  vectorOf(value: Value, span: Span): Value;
  /**
   * `value` if it is a Vec or Seq and not a probability, a list of vectors as a Seq; otherwise null, which is
   * reported.
   */
  vector(value: Value, operation: string, what: string, span: Span): TensorValue | null;
  /** A list of `elements` made by `operation`; an error if it is too long, which is reported. */
  listOf(operation: string, elements: readonly Value[], of: "Int" | "Float" | null, span: Span): Value;
  /** Walks with every operation counted `times` times. */
  repeated<T>(times: number, span: Span, walk: () => T): T;
  /** The list that a group of features is. */
  group(references: FeatureType["references"], span: Span): Value;
  /**
   * Tells whether `operation` may make a list of `length` vectors that form one value, and reports it if not.
   */
  mayHaveVectors(operation: string, length: number, span: Span): boolean;
}
