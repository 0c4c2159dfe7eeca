// Elements by number, counted from 1: `x[2]` and `x[2..5]` of lists and vectors, and `let (a, b) = …`, which
// names all elements of a list.

import { textOf } from "../../common/source-file.ts";
import { wrongType } from "../../diagnostics/catalog/expressions.ts";
import { stepsByNumber, tupleLength } from "../../diagnostics/catalog/layers.ts";
import { noElement } from "../../diagnostics/catalog/lists.ts";
import type { NodeId } from "../../middle/graph/graph.ts";
import type { Expression, Let } from "../syntax/nodes.ts";
import { addDims, constantDim, constantOf, type Dim, printDim, subtractDims } from "../values/dims.ts";
import {
  axisLength,
  ERROR,
  featuresIn,
  floatValue,
  independentEvent,
  isError,
  isTensor,
  plainValue,
  printType,
} from "../values/types.ts";
import type { ArgumentValue, Environment, TensorValue, Value } from "../values/values.ts";
import type { Walk } from "./walk.ts";

/** The indices that an index expression names, both ends included; for one element both are the same. */
interface Places {
  readonly low: Dim;
  readonly high: Dim;
  /** True for a range, even of one element. */
  readonly isRange: boolean;
  readonly span: Expression["span"];
}

/** `x[2]`, `x[2..5]` */
export function indexed(
  walk: Walk,
  { object, index, span }: Expression & { kind: "index" },
  environment: Environment,
): Value {
  const value = walk.given(object, environment);
  const places = placesOf(walk, object, index, environment);
  if (isError(value) || places === null) return ERROR;
  return elements(walk, { value, span: object.span }, places, span);
}

function placesOf(
  walk: Walk,
  object: Expression,
  index: Expression,
  environment: Environment,
): Places | null {
  const isRange = index.kind === "range";
  const [low, high] = (isRange ? [index.low, index.high] : [index]).map((end) => {
    const { type } = walk.evaluate(end, environment);
    if (type.kind === "int") return type.value;
    if (type.kind !== "error") {
      const what = "the number of an element";
      const help = type.kind === "tensor" ? { help: wrongType.helps.chosenSteps(textOf(object.span)) } : {};
      walk.report(wrongType, { what, expected: "an Int", got: printType(type) }, end.span, help);
    }
    return null;
  });
  if (low == null || high === null) return null;
  return { low, high: high ?? low, isRange, span: index.span };
}

/** The values that `let (a, b) = value` names; errors if it isn't a list of that length. */
export function elementsNamed(walk: Walk, { names, value: { span } }: Let, value: Value): readonly Value[] {
  const none = names.map(() => ERROR);
  if (isError(value)) return none;
  const length = lengthOf(value);
  if (length === null) {
    walk.report(
      wrongType,
      { what: "what several names are given", expected: "a list", got: printType(value.type) },
      span,
    );
    return none;
  }
  const known = constantOf(length);
  if (known !== null && known !== names.length) {
    walk.report(tupleLength, { names: names.length, length: printDim(length) }, span);
    return none;
  }
  return names.map((name, i) => {
    const place = constantDim(i + 1);
    const places = { low: place, high: place, isRange: false, span: name.span };
    return elements(walk, { value, span }, places, span);
  });
}

/** The length of a list; null if it isn't a list. */
function lengthOf({ type }: Value): Dim | null {
  if (type.kind === "list") return type.length;
  if (type.kind !== "tensor") return null;
  return type.list ?? (type.axis?.kind === "variable" ? axisLength(type.axis) : null);
}

function elements(walk: Walk, of: ArgumentValue, places: Places, span: Expression["span"]): Value {
  const { value } = of;
  const { type } = value;
  if (type.kind === "list" && type.elements !== null && type.of === null && featuresIn(value) === null)
    return ofWritten(walk, value, type.elements, places, span);
  if (type.kind === "list") return ofList(walk, value, places, span);
  const vector = walk.vectorOf(value, of.span);
  if (isError(vector)) return ERROR;
  if (!isTensor(vector)) {
    const what = "what has elements";
    walk.report(wrongType, { what, expected: "a list, Seq or Vec", got: printType(type) }, of.span);
    return ERROR;
  }
  return ofTensor(walk, { value: vector, span: of.span }, places, span);
}

/** Indexes values of a list, each with its own type. */
function ofWritten(
  walk: Walk,
  value: Value,
  all: readonly Value[],
  places: Places,
  span: Expression["span"],
): Value {
  const bounds = within(walk, constantDim(all.length), "list", places);
  if (bounds === null) return ERROR;
  const { from, to } = bounds;
  if (!places.isRange) return all[from]!;
  return all.length === 0 ? value : walk.listOf("this", all.slice(from, to), null, span);
}

/** Indexes features, numbers, and lists of any length. */
function ofList(walk: Walk, value: Value, places: Places, span: Expression["span"]): Value {
  const { type } = value;
  if (type.kind !== "list") return ERROR;
  const bounds = within(walk, type.length, "list", places);
  if (bounds === null) return ERROR;
  const { elements } = type;
  const isKnown = constantOf(places.low) !== null && constantOf(places.high) !== null;
  if (elements === null || !isKnown) {
    if (places.isRange) return plainValue({ ...type, elements: null, length: bounds.length, size: 0 });
    return type.of === "Float" ? floatValue(null) : walk.anyInt();
  }
  if (!places.isRange) return elements[bounds.from]!;
  const some = elements.slice(bounds.from, bounds.to);
  if (!type.isGroup) return walk.listOf("this", some, type.of, span);
  return walk.group(
    some.flatMap(({ type }) => (type.kind === "feature" ? type.references : [])),
    span,
  );
}

/** Indexes vectors that form one value, or numbers of a vector. */
function ofTensor(
  walk: Walk,
  { value: x, span: of }: ArgumentValue & { readonly value: TensorValue },
  places: Places,
  span: Expression["span"],
): Value {
  const { type } = x;
  const list = lengthOf(x);
  if (list === null && type.axis !== null) {
    walk.report(stepsByNumber, { name: type.axis.name }, places.span, {
      related: [{ location: { kind: "text", span: of }, label: printType(type) }],
      help: stepsByNumber.helps.ofEach(type.axis.name),
    });
    return ERROR;
  }
  const isList = list !== null;
  if (!isList && walk.vector(x, "an index", "what has elements", of) === null) return ERROR;
  const bounds = within(walk, list ?? type.width, isList ? "list" : "vector", places);
  if (bounds === null) return ERROR;
  const { from, to, length } = bounds;
  const dim = !isList && x.outerAxes.list !== null ? 1 : 0;
  const slice = (node: NodeId | null): NodeId | null => {
    const part = walk.emit("slice", [node], { dim, from, to }, span);
    if (!isList || places.isRange) return part;
    return walk.emit("reshape", [part], { dims: [constantOf(type.width) ?? 1] }, span);
  };
  const node = slice(x.node);
  if (!isList) {
    const widthOrigin = { span, what: "the numbers that are read here" };
    return { ...x, node, widthOrigin, type: { ...type, width: length } };
  }
  const axis = type.list === null ? null : type.axis;
  return {
    ...x,
    node,
    logit: x.logit === null ? null : slice(x.logit),
    event: x.event === null ? null : independentEvent(),
    type: { ...type, axis, list: places.isRange ? length : null },
  };
}

/**
 * The range from 0, the end excluded, if both ends are known; null if it is out of bounds, which is reported.
 */
function within(
  walk: Walk,
  all: Dim,
  what: "list" | "vector",
  { low, high, isRange, span }: Places,
): { readonly from: number; readonly to: number; readonly length: Dim } | null {
  const [first, last, count] = [low, high, all].map(constantOf);
  const length = addDims(subtractDims(high, low), constantDim(1));
  const wrong =
    first != null && first < 1
      ? first
      : count != null && last != null && last > count
        ? last
        : first != null && last != null && last < first
          ? `${first}..${last}`
          : null;
  if (wrong !== null) {
    walk.report(noElement, { what, index: String(wrong), length: printDim(all) }, span);
    return null;
  }
  if (!isRange || first == null || last == null)
    return { from: (first ?? 1) - 1, to: first ?? 1, length: isRange ? length : constantDim(1) };
  return { from: first - 1, to: last, length };
}
