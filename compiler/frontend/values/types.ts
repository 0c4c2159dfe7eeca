// Makes, compares and prints types and values. A value has a type and, while a Graph is being built, the node
// that computes it; checking and elaboration walk the same expressions over the same values.

import { lengthOf, shiftedAxis } from "../../middle/graph/derived-axes.ts";
import type { NodeId } from "../../middle/graph/graph.ts";
import { hasIds, numbersIn } from "../kinds/registry.ts";
import {
  addDims,
  constantDim,
  constantOf,
  type Dim,
  equalDims,
  everyDim,
  printDim,
  variableDim,
} from "./dims.ts";
import type {
  Axis,
  FeatureReference,
  FeatureType,
  LeadingAxes,
  ProbabilityEvent,
  Sources,
  TensorValue,
  Type,
  Value,
  VectorType,
  WidthOrigin,
} from "./values.ts";

export const NO_AXES: LeadingAxes = { axis: null, list: null };

const noSources: Sources = new Set();

export const ERROR: Value = {
  type: { kind: "error" },
  node: null,
  logit: null,
  exponent: null,
  event: null,
  sources: noSources,
  outerAxes: NO_AXES,
  widthOrigin: null,
};

export function plainValue(type: Exclude<Type, { kind: "tensor" }>): Value {
  return { ...ERROR, type };
}

export function intValue(value: number | Dim): Value {
  return plainValue({ kind: "int", value: typeof value === "number" ? constantDim(value) : value });
}

export function floatValue(value: number | null): Value {
  return plainValue({ kind: "float", value });
}

export function featureValue(references: FeatureType["references"], lift: LeadingAxes | null = null): Value {
  return plainValue({ kind: "feature", references, lift });
}

/** The features of a list that contains nothing else; null for all other values. */
export function featuresIn({ type }: Value): FeatureType["references"] | null {
  if (type.kind !== "list" || type.elements === null || type.elements.length === 0) return null;
  const references: FeatureReference[] = [];
  for (const { type: element } of type.elements) {
    if (element.kind !== "feature" || element.lift !== null) return null;
    references.push(...element.references);
  }
  return references;
}

/** The elements of a list of lists or numbers, which don't form one value; null for any other value. */
export function ofOtherThanVectors(list: Value): readonly Value[] | null {
  const { type } = list;
  if (type.kind !== "list" || type.elements === null || featuresIn(list) !== null) return null;
  const isOfVectors = type.elements.every((each) => isTensor(each) && each.type.list === null);
  return isOfVectors ? null : type.elements;
}

/** The parts of a value besides its type. */
export interface ValueParts {
  readonly node: NodeId | null;
  readonly logit?: NodeId | null;
  readonly exponent?: NodeId | null;
  /** If absent, a probability is that of an event of its own. */
  readonly event?: ProbabilityEvent;
  readonly sources: Sources;
  /** Only for values computed from others: their joint axes. */
  readonly outerAxes?: LeadingAxes;
  readonly widthOrigin: WidthOrigin | null;
}

/** The event with no known relations. */
export function independentEvent(): ProbabilityEvent {
  return { identity: {}, happens: true, factors: [], size: 1 };
}

export function tensorValue(
  type: {
    axis?: Axis | null;
    list?: Dim | null;
    width: Dim;
    probability?: boolean;
    distribution?: boolean;
  },
  of: ValueParts,
): TensorValue {
  const { axis = null, list = null, width, probability = false, distribution = false } = type;
  return {
    type: { kind: "tensor", axis, list, width, probability, distribution },
    node: of.node,
    logit: of.logit ?? null,
    exponent: of.exponent ?? null,
    event: of.event ?? (probability ? independentEvent() : null),
    sources: of.sources,
    outerAxes: of.outerAxes ?? NO_AXES,
    widthOrigin: of.widthOrigin,
  };
}

/** A plain value without the record of how it was made. */
export function forgetful(value: TensorValue): TensorValue {
  const { type, logit, exponent } = value;
  if (!type.probability && !type.distribution && logit === null && exponent === null) return value;
  return {
    ...value,
    type: { ...type, probability: false, distribution: false },
    ...{ logit: null, exponent: null, event: null },
  };
}

/** Tells whether a value contains no variable of a block that is checked for all widths. */
export function isConcrete(value: Value): boolean {
  const { type } = value;
  switch (type.kind) {
    case "tensor":
      return (
        constantOf(type.width) !== null &&
        type.axis?.kind !== "variable" &&
        (type.list === null || constantOf(type.list) !== null)
      );
    case "int":
      return constantOf(type.value) !== null;
    case "float":
      return type.value !== null;
    case "list":
      return type.isConcrete;
    case "function":
      return type.callable.kind !== "any_activation";
    case "every":
      return isConcrete(type.of);
    case "string":
    case "feature":
    case "initial":
    case "error":
      return true;
  }
}

/** The `size` of a list of these elements. */
export function sizeOfList(elements: readonly Value[]): number {
  return elements.reduce((sum, { type }) => sum + (type.kind === "list" ? 1 + type.size : 1), 0);
}

export function listValue(
  elements: readonly Value[],
  of: "Int" | "Float" | null,
  size: number,
  isGroup = false,
): Value {
  const length = constantDim(elements.length);
  const list = plainValue({
    kind: "list",
    elements,
    length,
    size,
    isConcrete: elements.every(isConcrete),
    of,
    isGroup,
  });
  return { ...list, sources: unionSources(elements) };
}

export function isTensor(value: Value): value is TensorValue {
  return value.type.kind === "tensor";
}

/** Tells whether a value is a feature that may be an element of a list. */
export function isFeature({ type }: Value): boolean {
  return type.kind === "feature" && type.references.every(({ every }) => every === undefined);
}

export function isError(value: Value): boolean {
  return value.type.kind === "error";
}

export function unionSources(values: readonly Value[]): Sources {
  let union = noSources;
  for (const { sources } of values) {
    if (isSubset(sources, union)) continue;
    union = isSubset(union, sources) ? sources : new Set([...union, ...sources]);
  }
  return union;
}

function isSubset(sources: Sources, of: Sources): boolean {
  if (sources === of) return true;
  for (const source of sources) if (!of.has(source)) return false;
  return true;
}

export function sameAxis(a: Axis | null, b: Axis | null): boolean {
  return a === b || (a !== null && b !== null && a.kind === b.kind && a.name === b.name);
}

/**
 * Tells whether axes are the same; in a block that is checked for all lists, the axis `n` of a parameter
 * `Seq[n, d]` equals a list of `n` elements.
 */
export function sameAxes(a: LeadingAxes, b: LeadingAxes): boolean {
  const [x, y] = [lengthAsAxis(a), lengthAsAxis(b)];
  const lists = x.list === null || y.list === null ? x.list === y.list : equalDims(x.list, y.list);
  return sameAxis(x.axis, y.axis) && lists;
}

/** The length of a list in place of a signature's axis: `n` for `n`, n + 1 for `n + 1`. */
export function axisLength({ name }: Axis): Dim {
  return lengthOf<Dim>(name, {
    history: variableDim,
    sum: (parts, more) => parts.reduce(addDims, constantDim(more)),
    every: everyDim,
    // The length of a part that is drawn equals no other.
    share: () => variableDim(name.replaceAll("*", "·")),
  });
}

/** The axis `by` steps longer than `axis`. */
export function shiftAxis(axis: Axis, by: number): Axis {
  return { ...axis, name: shiftedAxis(axis.name, by) };
}

function lengthAsAxis(axes: LeadingAxes): LeadingAxes {
  const { axis, list } = axes;
  if (axis?.kind !== "variable" || list !== null) return axes;
  return { axis: null, list: axisLength(axis) };
}

export function sameVectorType(a: VectorType, b: VectorType): boolean {
  return sameAxes(a, b) && equalDims(a.width, b.width) && a.probability === b.probability;
}

/** The number of an Int or Float; null if it is not known yet. */
export function numberOf(type: Type): number | null {
  if (type.kind === "float") return type.value;
  return type.kind === "int" ? constantOf(type.value) : null;
}

/** As in the reference: `Vec[32]`, `Seq[clicks, 2*d]`, `Prob`, `List[Int]`. */
export function printType(type: Type): string {
  switch (type.kind) {
    case "tensor": {
      const { axis, list } = type;
      const width = type.probability ? "Prob" : printDim(type.width);
      const element = list === null ? width : `Seq[${list.varying?.shown ?? printDim(list)}, ${width}]`;
      if (axis !== null) return `Seq[${axis.name}, ${element}]`;
      if (list !== null || type.probability) return element;
      return `${type.distribution ? "Classes" : "Vec"}[${width}]`;
    }
    case "int":
      return "Int";
    case "float":
      return "Float";
    case "string":
      return "String";
    case "list":
      return type.of === null ? printVectors(type.elements ?? []) : `List[${type.of}]`;
    case "function":
      return type.callable.kind === "any_activation" ? "Activation" : "function";
    case "feature":
      return printFeature(type);
    case "every":
      return `Seq[${type.axis}, ${printType({ ...type.of.type, axis: null })}]`;
    case "initial":
      return "initial values";
    case "error":
      return "?";
  }
}

/** The axis of all rows of a feature's table, in types and messages. */
export function everyRow(feature: string): string {
  return `rows(${feature})`;
}

/** The type of its vector, if it has one. */
function printFeature({ references }: FeatureType): string {
  const { feature, history, along, drawn, every, role } = references[0]!;
  const width = hasIds(feature.kind) ? feature.embed : numbersIn(feature.kind);
  if (width === null) return "Feature";
  if (every) return `Seq[${everyRow(feature.name)}, ${width}]`;
  const axis = along?.axis ?? (drawn === undefined ? history?.name : printDim(drawn));
  if (feature.set?.pool !== "none") return axis === undefined ? `Vec[${width}]` : `Seq[${axis}, ${width}]`;
  const values = `Seq[${history === null ? feature.name : `${history.name}.${role.feature}`}, ${width}]`;
  return axis === undefined ? values : `Seq[${axis}, ${values}]`;
}

/** A list of vectors with one width, printed as the Seq that it can be used as. */
function printVectors(elements: readonly Value[]): string {
  const [first, ...rest] = elements;
  if (first !== undefined && elements.every(({ type }) => type.kind === "feature")) return "List[Feature]";
  if (first === undefined || !isTensor(first)) return "List";
  const alike = rest.every((each) => isTensor(each) && sameVectorType(each.type, first.type));
  if (!alike || first.type.list !== null) return "List";
  return printType({ ...first.type, list: constantDim(elements.length) });
}
