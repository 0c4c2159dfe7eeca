// Types and values of the language. A value has a type and, while a Graph is being built, the node that computes it;
// checking and elaboration walk the same expressions over the same values.

import type { BlockItem, Expression, FeatureScope, Identifier } from "../ast/nodes.ts";
import type { LanguageFunction } from "../functions/define-function.ts";
import type { NodeId } from "../graph/graph.ts";
import type { Span } from "../source/source-file.ts";
import { constantDim, constantOf, type Dim, equalDims, printDim } from "./dims.ts";
import type { Environment } from "./environment.ts";
import type { Feature, History } from "./model.ts";

/** What a Seq varies along: a history, or in a block's signature any axis at all (`Seq[h, d]`). */
export interface Axis {
  readonly kind: "history" | "variable";
  readonly name: string;
  /** Where it is declared. */
  readonly span: Span;
}

/** When a value is known: everything a value was computed from. */
export type Source = FeatureScope | "history";
export type Sources = ReadonlySet<Source>;

/** `Vec[width]`, along an axis `Seq[axis, width]`; `Prob` where it is a probability. */
export interface TensorType {
  readonly kind: "tensor";
  readonly axis: Axis | null;
  readonly width: Dim;
  readonly probability: boolean;
}

export type Type =
  | TensorType
  /** A whole number known when compiling; in a block checked for all numbers, a polynomial over its parameters. */
  | { readonly kind: "int"; readonly value: Dim }
  /** null in a block that is checked for all numbers. */
  | { readonly kind: "float"; readonly value: number | null }
  | { readonly kind: "string"; readonly value: string }
  /** Elements known when compiling; null in a block that is checked for all lists. */
  | { readonly kind: "list"; readonly elements: readonly Value[] | null; readonly of: "Int" | "Float" | null }
  | { readonly kind: "function"; readonly callable: Callable }
  /** What `weight` and `embed` are given; it has no value of its own. */
  | { readonly kind: "feature"; readonly reference: FeatureReference }
  /** Already reported: whatever is computed from it is an error too, silently. */
  | { readonly kind: "error" };

/** A feature, known once a row, or as a history's field at each step. */
export interface FeatureReference {
  readonly feature: Feature;
  readonly history: History | null;
}

export type Callable =
  | { readonly kind: "builtin"; readonly definition: LanguageFunction }
  | { readonly kind: "block"; readonly block: BlockItem }
  | {
      readonly kind: "lambda";
      readonly parameters: readonly Identifier[];
      readonly body: Expression;
      readonly environment: Environment;
    }
  /** The `Activation` of a block that is checked for all of them: keeps the shape. */
  | { readonly kind: "any_activation" };

/** Where a value's width was decided, for messages. */
export interface WidthOrigin {
  readonly span: Span;
  readonly what: string;
}

export interface Value {
  readonly type: Type;
  readonly node: NodeId | null;
  /** Of a probability: the node of the logit behind it. */
  readonly logit: NodeId | null;
  readonly sources: Sources;
  readonly widthOrigin: WidthOrigin | null;
}

/** A value whose type is known to be a tensor. */
export interface TensorValue extends Value {
  readonly type: TensorType;
}

const noSources: Sources = new Set();

export const ERROR: Value = {
  type: { kind: "error" },
  node: null,
  logit: null,
  sources: noSources,
  widthOrigin: null,
};

export function plainValue(type: Exclude<Type, { kind: "tensor" }>): Value {
  return { type, node: null, logit: null, sources: noSources, widthOrigin: null };
}

export function intValue(value: number | Dim): Value {
  return plainValue({ kind: "int", value: typeof value === "number" ? constantDim(value) : value });
}

export function floatValue(value: number | null): Value {
  return plainValue({ kind: "float", value });
}

export function tensorValue(
  type: { axis: Axis | null; width: Dim; probability?: boolean },
  of: { node: NodeId | null; logit?: NodeId | null; sources: Sources; widthOrigin: WidthOrigin | null },
): TensorValue {
  return {
    type: { kind: "tensor", axis: type.axis, width: type.width, probability: type.probability ?? false },
    node: of.node,
    logit: of.logit ?? null,
    sources: of.sources,
    widthOrigin: of.widthOrigin,
  };
}

export function isTensor(value: Value): value is TensorValue {
  return value.type.kind === "tensor";
}

export function isError(value: Value): boolean {
  return value.type.kind === "error";
}

export function unionSources(values: readonly Value[]): Sources {
  return new Set(values.flatMap((value) => [...value.sources]));
}

export function sameAxis(a: Axis | null, b: Axis | null): boolean {
  return a === b || (a !== null && b !== null && a.kind === b.kind && a.name === b.name);
}

export function sameTensorType(a: TensorType, b: TensorType): boolean {
  return sameAxis(a.axis, b.axis) && equalDims(a.width, b.width) && a.probability === b.probability;
}

/** The number behind an Int or Float, null where it is not known (yet). */
export function numberOf(type: Type): number | null {
  if (type.kind === "float") return type.value;
  return type.kind === "int" ? constantOf(type.value) : null;
}

/** As the reference writes it: `Vec[32]`, `Seq[clicks, 2*d]`, `Prob`, `List[Int]`. */
export function printType(type: Type): string {
  switch (type.kind) {
    case "tensor": {
      const width = printDim(type.width);
      if (type.probability) return type.axis === null ? "Prob" : `Seq[${type.axis.name}, Prob]`;
      return type.axis === null ? `Vec[${width}]` : `Seq[${type.axis.name}, ${width}]`;
    }
    case "int":
      return "Int";
    case "float":
      return "Float";
    case "string":
      return "String";
    case "list":
      return type.of === null ? "List" : `List[${type.of}]`;
    case "function":
      return type.callable.kind === "any_activation" ? "Activation" : "function";
    case "feature":
      return "a feature";
    case "error":
      return "?";
  }
}
