// Functions on lists of vectors: what a model does field by field, pair by pair, expert by expert. A list's
// length is known when compiling. Inside the function that is applied to a list, an element is a Vec.

import { invariant } from "../../common/internal-error.ts";
import { emptyList, wrongType } from "../../diagnostics/catalog/expressions.ts";
import { shared } from "../../diagnostics/catalog/helps.ts";
import { noPairs, notDivisible, sequencesMultiply } from "../../diagnostics/catalog/lists.ts";
import type { NodeId } from "../../middle/graph/graph.ts";
import { defineFunction } from "../values/define-function.ts";
import {
  constantDim,
  constantOf,
  type Dim,
  divideDim,
  multiplyDims,
  printDim,
  quotientDim,
  subtractDims,
} from "../values/dims.ts";
import { listLength } from "../values/leading-axes.ts";
import { inside, liftAlong, lifted } from "../values/lift.ts";
import {
  ERROR,
  featuresIn,
  featureValue,
  floatValue,
  isError,
  isTensor,
  ofOtherThanVectors,
  printType,
  sameVectorType,
} from "../values/types.ts";
import type { FeatureType, FunctionCall, TensorValue, Value } from "../values/values.ts";
import { PARTS_OF_SPLIT } from "../values/widths.ts";
import { concat } from "./combine.function.ts";
import { kernelOf } from "./dense.function.ts";

function apply(call: FunctionCall, values: readonly Value[]): Value {
  const { span } = call.argument("f");
  const given = values.map((value) => ({ name: null, value, span }));
  return call.elaboration.call(call.callable("f"), call.name, given, call.span);
}

/** The elements of a loop: the steps or elements of a value, or features, which stay features. */
type Elements = TensorValue | FeatureType["references"];

/** Applies `f` once to all elements, so the layers in it have the same weights for each. */
function applyToAll(call: FunctionCall, all: readonly Elements[]): Value {
  const [first] = all;
  const { axis, list } = isVector(first!) ? first.type : { axis: null, list: constantDim(first!.length) };
  const lift = liftAlong(list === null ? { axis, list } : { axis: null, list });
  const result = apply(
    call,
    all.map((each) => (isVector(each) ? inside(each, lift) : featureValue(each, lift))),
  );
  if (isError(result)) return ERROR;
  if (isTensor(result)) return lifted(call.elaboration, result, lift, call.span);
  const what = `what the function of \`${call.name}\` gives`;
  const got = printType(result.type);
  call.elaboration.report(wrongType, { what, expected: "a Vec", got }, call.argument("f").span);
  return ERROR;
}

function isVector(elements: Elements): elements is TensorValue {
  return "type" in elements;
}

/** The elements of an argument and their number, if known when compiling; null if a mistake was reported. */
function elementsOf(
  call: FunctionCall,
  parameter: string,
): { readonly elements: Elements; readonly length: Dim } | null {
  const { value, span } = call.argument(parameter);
  const features = featuresIn(value);
  if (features !== null) return { elements: features, length: constantDim(features.length) };
  const vector = call.vector(parameter);
  const length = listLength(call.elaboration, `\`${call.name}\``, { value: vector, span });
  return length === null ? null : { elements: vector, length };
}

export const each = defineFunction({
  name: "each",
  doc: [
    "`each(list: Seq[h, d], f: Block) -> Seq[h, n]` is f of each step or element, with the same weights for all. `each(1..n, i => …)`",
    "goes through numbers, or a list of lists, and makes layers of its own for each: a list of experts, heads or towers.",
    "For a list of features, f gets each feature itself, for `weight` and `embed`: `each(fields, weight)`.",
  ].join("\n"),
  parameters: [
    { name: "list", accepts: "any" },
    { name: "f", accepts: "function" },
  ],
  apply(call) {
    const { value, span } = call.argument("list");
    if (value.type.kind === "list") {
      const { elements, length, of } = value.type;
      if (elements === null) return of === null ? ERROR : overAnyList(call, length, of);
      if (elements.length === 0) {
        call.elaboration.report(emptyList, { operation: "each" }, span);
        return ERROR;
      }
      const features = featuresIn(value);
      if (features !== null) return applyToAll(call, [features]);
      const others = ofOtherThanVectors(value);
      if (others !== null)
        return applyToEach(
          call,
          others.map((each) => [each]),
        );
    }
    const x = call.elaboration.vector(value, "`each`", "`list` of `each`", span);
    if (x === null) return ERROR;
    if (x.type.list === null && x.type.axis === null) {
      const what = "`list` of `each`";
      call.elaboration.report(wrongType, { what, expected: "a list or Seq", got: printType(x.type) }, span);
      return ERROR;
    }
    return applyToAll(call, [x]);
  },
});

/** Applies `f` to each element, with layers of its own. */
function applyToEach(call: FunctionCall, all: readonly (readonly Value[])[]): Value {
  const results: Value[] = [];
  for (const each of all) {
    const result = apply(call, each);
    if (isError(result)) return ERROR;
    results.push(result);
  }
  return call.elaboration.listOf(`\`${call.name}\``, results, null, call.span);
}

/** In a block that is checked for all lists, the result of `f` must not depend on the number. */
function overAnyList(call: FunctionCall, length: Dim, of: "Int" | "Float"): Value {
  const element = () => (of === "Int" ? call.elaboration.anyInt() : floatValue(null));
  const [one, other] = [apply(call, [element()]), apply(call, [element()])];
  if (isError(one) || isError(other)) return ERROR;
  const alike = isTensor(one) && isTensor(other) && sameVectorType(one.type, other.type);
  if (!alike || one.type.list !== null) {
    const what = "what the function of `each` gives";
    const got = printType(one.type);
    call.elaboration.report(
      wrongType,
      { what, expected: "a Vec of one width", got },
      call.argument("f").span,
      {
        help: shared.leaveOutResultType(),
      },
    );
    return ERROR;
  }
  return { ...one, type: { ...one.type, list: length } };
}

/** Elements `indices` of `x`, a list of `length`. */
function taken(call: FunctionCall, x: Elements, indices: readonly number[] | null, length: Dim): Elements {
  if (!isVector(x)) return indices?.map((i) => x[i]!) ?? [];
  const node = indices === null ? null : call.emit("gather_list", [x.node], { indices });
  return { ...x, type: { ...x.type, axis: listOf(x), list: length }, node };
}

/** The history whose steps each have the list; null if there is none. */
function listOf(x: TensorValue) {
  return x.type.list === null ? null : x.type.axis;
}

const elements = (name: string) => ({ name, accepts: "elements" }) as const;
const seq = (name: string) => ({ name, accepts: "sequence" }) as const;

export const pairs = defineFunction({
  name: "pairs",
  doc: "`pairs(x: Seq[n, d], f: Block) -> Seq[n*(n - 1)/2, m]` is f(a, b) of every two elements of a list, a before b: (1, 2), (1, 3), …, (2, 3), … For a list of features, a and b are features, for `embed(a, 4, name: b)`. For a list of lists or of numbers, every pair has layers of its own.",
  parameters: [
    { ...elements("x"), takesLists: true },
    { name: "f", accepts: "function" },
  ],
  apply(call) {
    const others = ofOtherThanVectors(call.argument("x").value);
    const all = others === null ? elementsOf(call, "x") : null;
    if (others === null && all === null) return ERROR;
    const n = all?.length ?? constantDim(others?.length ?? 0);
    const length = divideDim(multiplyDims(n, subtractDims(n, constantDim(1))), 2);
    invariant(length, "one of n and n − 1 is even");
    const size = constantOf(n);
    if (size !== null && size < 2) {
      call.elaboration.report(
        noPairs,
        { operation: "`pairs`", length: printDim(n) },
        call.argument("x").span,
      );
      return ERROR;
    }
    if (!call.elaboration.mayHaveVectors("`pairs`", constantOf(length) ?? 0, call.span)) return ERROR;
    const indices = size === null ? null : pairsOf(size);
    if (others !== null)
      return applyToEach(
        call,
        indices!.map((pair) => pair.map((i) => others[i]!)),
      );
    const [left, right] = [0, 1].map((side) => {
      const taking = indices?.map((pair) => pair[side]!) ?? null;
      return taken(call, all!.elements, taking, length);
    });
    return applyToAll(call, [left!, right!]);
  },
});

function pairsOf(n: number): readonly (readonly [number, number])[] {
  return Array.from({ length: n }, (_, a) =>
    Array.from({ length: n - a - 1 }, (_, i) => [a, a + 1 + i] as const),
  ).flat();
}

export const product = defineFunction({
  name: "product",
  doc: "`product(x: Seq[n, d], y: Seq[m, e], f: Block) -> Seq[n*m, k]` is f(a, b) of every element a of x with every element b of y: (1, 1), (1, 2), …, (2, 1), …",
  parameters: [elements("x"), elements("y"), { name: "f", accepts: "function" }],
  apply(call) {
    const left = elementsOf(call, "x");
    const right = left === null ? null : elementsOf(call, "y");
    if (left === null || right === null) return ERROR;
    const { elements: x, length: n } = left;
    const { elements: y, length: m } = right;
    const length = multiplyDims(n, m);
    const [rows, columns] = [constantOf(n), constantOf(m)];
    if (!call.elaboration.mayHaveVectors("`product`", constantOf(length) ?? 0, call.span)) return ERROR;
    const known = rows !== null && columns !== null;
    const all = known ? Array.from({ length: rows * columns }, (_, i) => i) : null;
    const rowOf = all?.map((i) => Math.floor(i / columns!)) ?? null;
    const columnOf = all?.map((i) => i % columns!) ?? null;
    return applyToAll(call, [taken(call, x, rowOf, length), taken(call, y, columnOf, length)]);
  },
});

export const mix = defineFunction({
  name: "mix",
  doc: "`mix(x: Seq[n, d], count: Int) -> Seq[count, d]` is a linear layer along a list: each of the `count` results is a weighted sum of the n elements, with weights W [n, count] and no bias.",
  parameters: [seq("x"), { name: "count", accepts: "width" }],
  apply(call) {
    const x = call.vector("x");
    const n = listLength(call.elaboration, "`mix`", { value: x, span: call.argument("x").span });
    if (n === null) return ERROR;
    const count = call.width("count");
    if (!call.elaboration.mayHaveVectors("`mix`", constantOf(count) ?? 0, call.span)) return ERROR;
    const kernel = kernelOf(call.layer(), n, count);
    const turned = call.emit("transpose", [x.node], {});
    const mixed = call.emit("matmul", [turned, kernel], { transpose: false });
    const node = call.emit("transpose", [mixed], {});
    return { ...x, node, type: { ...x.type, axis: listOf(x), list: count } };
  },
});

export const flatten = defineFunction({
  name: "flatten",
  doc: "`flatten(list: Seq[n, d]) -> Vec[n*d]` puts the elements of a list side by side; those of a list that is written out may differ in width.",
  parameters: [{ name: "list", accepts: "any" }],
  apply(call) {
    const { value, span } = call.argument("list");
    if (value.type.kind === "list" && value.type.elements !== null && value.type.of === null) {
      const given = value.type.elements.map((each) => ({ name: null, value: each, span }));
      return call.elaboration.call({ kind: "builtin", definition: concat }, "flatten", given, call.span);
    }
    const x = call.elaboration.vector(value, "`flatten`", "`list` of `flatten`", span);
    const n = x === null ? null : listLength(call.elaboration, "`flatten`", { value: x, span });
    if (x === null || n === null) return ERROR;
    const width = multiplyDims(n, x.type.width);
    const node = reshaped(call, x.node, [width]);
    const widthOrigin = { span: call.span, what: "the elements of a list side by side" };
    return { ...x, node, widthOrigin, type: { ...x.type, axis: listOf(x), list: null, width } };
  },
});

export const split = defineFunction({
  name: "split",
  doc: "`split(x: Vec[n*d], n: Int) -> Seq[n, d]` cuts a vector into n parts of equal width: the inverse of `flatten`.",
  parameters: [
    { name: "x", accepts: "vector" },
    { name: "n", accepts: "width" },
  ],
  apply(call) {
    const x = call.vector("x");
    const n = call.width("n");
    const there = x.type.list ?? x.outerAxes.list;
    if (there !== null) {
      const list = (dim: Dim) => `element of a list of ${printDim(dim)}`;
      const both = { outer: list(there), inner: list(n) };
      call.elaboration.report(sequencesMultiply, { operation: "`split`", ...both }, call.span);
      return ERROR;
    }
    const width = quotientDim(x.type.width, n);
    if (width === null && constantOf(n) !== null && constantOf(x.type.width) !== null) {
      const sizes = { width: printDim(x.type.width), parts: printDim(n) };
      call.elaboration.report(notDivisible, sizes, call.span);
      return ERROR;
    }
    const some = call.elaboration.anyInt().type;
    const part = width ?? (some.kind === "int" ? some.value : n);
    const widthOrigin = { span: call.span, what: PARTS_OF_SPLIT };
    const type = { ...x.type, list: n, width: part };
    return { ...x, node: reshaped(call, x.node, [n, part]), widthOrigin, type };
  },
});

export const transpose = defineFunction({
  name: "transpose",
  doc: "`transpose(list: Seq[n, d]) -> Seq[d, n]` is the first numbers of all elements, their second numbers, and so on: a layer after it works along the list.",
  parameters: [seq("list")],
  apply(call) {
    const x = call.vector("list");
    const n = listLength(call.elaboration, "`transpose`", { value: x, span: call.argument("list").span });
    if (n === null) return ERROR;
    const { width } = x.type;
    if (!call.elaboration.mayHaveVectors("`transpose`", constantOf(width) ?? 0, call.span)) return ERROR;
    const widthOrigin = { span: call.span, what: "the length of a list" };
    const type = { ...x.type, axis: listOf(x), list: width, width: n };
    return { ...x, node: call.emit("transpose", [x.node], {}), widthOrigin, type };
  },
});

function reshaped(call: FunctionCall, node: NodeId | null, dims: readonly Dim[]): NodeId | null {
  return call.emit("reshape", [node], { dims: dims.map((dim) => constantOf(dim) ?? 1) });
}
