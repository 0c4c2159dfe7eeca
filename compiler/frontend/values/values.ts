// The language's types and values, and the interface of built-in functions. They refer to each other, so they
// share a file: a value may be a function, a function written in place keeps the names it sees, and a
// built-in function maps values to values.

import type { Span } from "../../common/source-file.ts";
import type { Details, DiagnosticKind } from "../../diagnostics/diagnostic.ts";
import type { GraphBuilder } from "../../middle/builder/builder.ts";
import type { FeatureRole, OpAttributes, OpName } from "../../middle/graph/attributes.ts";
import type { Initializer, NodeId, Parameter } from "../../middle/graph/graph.ts";
import type { Feature, History, Model, WrittenInit } from "../model/model.ts";
import type { BlockItem, Expression, FeatureScope, Identifier, Local } from "../syntax/nodes.ts";
import type { Dim } from "./dims.ts";
import type { NetworkReads } from "./network-reads.ts";
import type { WalkMode } from "./walk-mode.ts";

/** A history, or in a block's signature any axis at all (`Seq[h, d]`). */
export interface Axis {
  readonly kind: "history" | "variable";
  readonly name: string;
  /** Where it is declared. */
  readonly span: Span;
}

/**
 * When a value is known: everything a value was computed from. `state` is that of a recurrence, inside it;
 * `label` and the scope `training` are known in training only, so that a loss may read them and a prediction
 * may not.
 */
export type Source = FeatureScope | "history" | "state" | "label";

export type Sources = ReadonlySet<Source>;

/**
 * What a value varies along: the steps of a history, whose number differs by example (rows of the Graph), the
 * elements of a list, whose number is known when compiling (a leading dim of each row), or both: a list for
 * each step.
 */
export interface LeadingAxes {
  readonly axis: Axis | null;
  readonly list: Dim | null;
}

/**
 * `Vec[width]`, along an axis `Seq[axis, width]`, along a list `Seq[3, width]`; `Prob` where it is a
 * probability, `Classes[width]` where its numbers are those of all classes.
 */
export interface TensorType extends LeadingAxes {
  readonly kind: "tensor";
  readonly width: Dim;
  readonly probability: boolean;
  /** As `softmax` gives it. Wherever a Vec is taken, it is one. */
  readonly distribution: boolean;
}

export type Type =
  | TensorType
  /** A whole number known when compiling; in a block checked for all numbers, a polynomial over its parameters. */
  | { readonly kind: "int"; readonly value: Dim }
  /** null in a block that is checked for all numbers. */
  | { readonly kind: "float"; readonly value: number | null }
  | { readonly kind: "string"; readonly value: string }
  /** Elements known when compiling; null in a block that is checked for all lists. Vectors of one width are a Seq too. */
  | {
      readonly kind: "list";
      readonly elements: readonly Value[] | null;
      readonly length: Dim;
      /** How many values are in it, with those of lists in it, however often they are the same. */
      readonly size: number;
      /** As `isConcrete`, of all of them. */
      readonly isConcrete: boolean;
      readonly of: "Int" | "Float" | null;
      /** Of features, and named: in a list and in `concat` it stands for them. */
      readonly isGroup: boolean;
    }
  | { readonly kind: "function"; readonly callable: Callable }
  | FeatureType
  /** What learned numbers begin as; null where that is left to what they are for. */
  | { readonly kind: "initial"; readonly init: WrittenInit | null }
  /** Already reported: whatever is computed from it is an error too, silently. */
  | { readonly kind: "error" };

/** A feature itself, until something is computed from it: then it is the vector that its name means. */
export interface FeatureType {
  readonly kind: "feature";
  /** One; inside of what is applied to each feature of a list, those of the list. */
  readonly references: readonly FeatureReference[];
  /** Given, what it varies along outside. */
  readonly lift: LeadingAxes | null;
}

/** A feature, known once a row, or as a history's field at each step. */
export interface FeatureReference {
  readonly feature: Feature;
  readonly history: History | null;
  /** Of the input that its values are fed to. */
  readonly role: FeatureRole;
  /** Of a field of chosen steps: the list of them, and what they were chosen by. */
  readonly chosen?: { readonly list: Dim; readonly sources: Sources };
  /** Of a field as what each step faces: its value for each step as that. */
  readonly faced?: (steps: TensorValue) => TensorValue;
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
  /** The `Activation` of a block that is checked for all of them: keeps the shape. */
  | { readonly kind: "any_activation" };

/** A function whose calls share its weights. */
export interface DeclaredLayer {
  readonly name: Identifier;
  /** What is called: a function, or what may stand behind `|>`. */
  readonly value: Expression;
  /** The names that it sees. */
  readonly environment: Environment;
}

/** Where a value's width was decided, for messages. */
export interface WidthOrigin {
  readonly span: Span;
  readonly what: string;
}

/** What a probability is one of, as far as arithmetic can tell which of two exclude each other. */
export interface Chance {
  /** One object for what happens and for what does not. */
  readonly event: object;
  readonly happens: boolean;
  /** The probabilities that it is the product of. */
  readonly factors: readonly TensorValue[];
  /** How many those are, with theirs; 1 without any. */
  readonly size: number;
}

export interface Value {
  readonly type: Type;
  readonly node: NodeId | null;
  /** Of a probability: the node of the logit behind it. Of a distribution: that of all its logits. */
  readonly logit: NodeId | null;
  /** Of what `exp` has made: the node that it was made of. */
  readonly exponent: NodeId | null;
  /** Of a probability: of what. */
  readonly chance: Chance | null;
  readonly sources: Sources;
  /**
   * Where a block or function of a Vec is applied to each step or element of a Seq, its body sees a Vec. These are the axes
   * that the Vec varies along outside of the body.
   */
  readonly outerAxes: LeadingAxes;
  readonly widthOrigin: WidthOrigin | null;
}

/** A value whose type is known to be a tensor. */
export interface TensorValue extends Value {
  readonly type: TensorType;
}

interface Entry {
  readonly value: Value;
  /** Of a block's parameter: where the argument stands. */
  readonly given: Span | null;
  used: boolean;
}

/** Names that an expression sees, innermost first. Reading marks a name as used: warnings about unused names go by that. */
export class Environment {
  private readonly entries = new Map<string, Entry>();
  private readonly parent: Environment | null;
  /** The block whose body this is; null in `net`, which alone sees features and histories. */
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

  /** The same names, without those that are defined from here on. */
  upToHere(): Environment {
    const copy = new Environment(this.parent, this.block);
    for (const [name, entry] of this.entries) copy.entries.set(name, entry);
    return copy;
  }

  /** Gives the value of a name and marks it as used; undefined where no such name is in sight. */
  read(name: string): Value | undefined {
    const entry = this.entries.get(name);
    if (entry === undefined) return this.parent?.read(name);
    entry.used = true;
    return entry.value;
  }

  /** As `read`, without marking. */
  peek(name: string): Value | undefined {
    return this.entries.get(name)?.value ?? this.parent?.peek(name);
  }

  /** Where the block was given what is called `name` here; null for what is no parameter of a block. */
  givenAt(name: string): Span | null {
    const entry = this.entries.get(name);
    return entry === undefined ? (this.parent?.givenAt(name) ?? null) : entry.given;
  }

  isUsed(name: string): boolean {
    return this.entries.get(name)?.used ?? false;
  }

  /** All names in sight, for suggestions. */
  names(): string[] {
    return [...this.entries.keys(), ...(this.parent?.names() ?? [])];
  }
}

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
  /** A Seq, or a list of features, which stay features. */
  | "elements"
  /** A Seq; a history's field stays one. */
  | "steps"
  /** A feature's name, or a history's field: itself, not its vector. */
  | "feature"
  /** `normal(0.01)`, `zeros`, or a number. */
  | "initial"
  /** A string, or a feature or whole number that stands for its text. */
  | "name"
  | "any";

export interface FunctionParameter {
  readonly name: string;
  readonly accepts: Accepts;
  /** Given, the argument may be left out. */
  readonly default?: () => Value;
  /** Takes all remaining positional arguments, at least one; parameters after it are given by name. */
  readonly rest?: boolean;
  /** It is never given by position. */
  readonly isNamed?: true;
  /** A group stands for its features, as if each was given. */
  readonly takesGroups?: boolean;
  /** A list of lists or numbers is taken as well. */
  readonly takesLists?: true;
}

/**
 * One object with its documentation, its parameters and one rule for the result's type and, while a Graph is
 * built, its nodes.
 */
export interface LanguageFunction {
  readonly name: string;
  /** Markdown: what it computes, shapes, and the paper where there is one. */
  readonly doc: string;
  readonly parameters: readonly FunctionParameter[];
  /** It goes along the steps that a search chose, and leaves out what is none. */
  readonly knowsChosen?: true;
  readonly apply: (call: FunctionCall) => Value;
}

/** An argument as given: its value and where it stands. */
export interface ArgumentValue {
  readonly value: Value;
  readonly span: Span;
}

export interface TensorArgument extends ArgumentValue {
  readonly value: TensorValue;
}

/** An argument as it stands in a call; piped values come first. */
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
  /** The same in all calls of a `layer` that it stands in. */
  readonly sharedName: string;
  /** Declares a parameter of this layer; null while only checking. */
  parameter(
    name: string,
    dims: readonly Dim[],
    init: (dims: readonly number[]) => Initializer,
    role?: Parameter["role"],
  ): NodeId | null;
}

/** The walk that a function is called in, as far as functions and operations on values need it. */
export interface Elaboration {
  /** Given, nodes are built; the spec was checked. Otherwise this is the check. */
  readonly builder: GraphBuilder | null;
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
  /** A number as a node. */
  constant(value: number, span: Span): NodeId | null;
  /** Reads a parameter that all uses of its name share. */
  sharedParameter(parameter: Parameter, span: Span): NodeId | null;
  /** A variable that stands for any whole number, like no other. */
  anyInt(): Value;
  call(callable: Callable, name: string, given: readonly GivenArgument[], span: Span): Value;
  /** A feature as the vector that its name means, an error where it has none; other values as they are. */
  vectorOf(value: Value, span: Span): Value;
  /** `value` where it is a Vec or Seq and no probability, a list of vectors as a Seq; otherwise null, reported. */
  vector(value: Value, operation: string, what: string, span: Span): TensorValue | null;
  /** A list that `operation` makes of `elements`; an error, reported, where that is too long. */
  listOf(operation: string, elements: readonly Value[], of: "Int" | "Float" | null, span: Span): Value;
  /** What `walk` gives, whose operations are there `times` times. */
  repeated<T>(times: number, span: Span, walk: () => T): T;
  /** The list that a group of features is. */
  group(references: FeatureType["references"], span: Span): Value;
  /** Whether `operation` may make a list of `length` vectors that is one value; reported where not. */
  mayHaveVectors(operation: string, length: number, span: Span): boolean;
}
