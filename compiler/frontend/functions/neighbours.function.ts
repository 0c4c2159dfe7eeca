// Functions of a step's position: its neighbours, and its distance from the latest step.

import { wrongType } from "../../diagnostics/catalog/expressions.ts";
import { windowBefore, windowEvery } from "../../diagnostics/catalog/sequences.ts";
import { everyAxis } from "../../middle/graph/derived-axes.ts";
import type { NodeId } from "../../middle/graph/graph.ts";
import { defineFunction } from "../values/define-function.ts";
import { constantDim, constantOf, everyDim, multiplyDims } from "../values/dims.ts";
import { numbersFrom } from "../values/facing.ts";
import { reportVarying } from "../values/leading-axes.ts";
import { ERROR, intValue, numberOf, printType } from "../values/types.ts";
import type { FunctionCall, TensorValue } from "../values/values.ts";
import { hasOrder } from "./batch.function.ts";
import { thereIn } from "./counted.ts";
import { positionsOf } from "./sequence.function.ts";

/** The default of `before`: half of the window; with `every` all others. */
const half = intValue(0);
/** The default of `every`. */
const all = intValue(1);

export const window = defineFunction({
  name: "window",
  knowsVarying: true,
  doc: [
    "`window(x: Seq[h, d], n: Int, before?: Int, every: Int = 1) -> Seq[h, n*d]` is each step or element with its neighbours side by side,",
    "zeros beyond the ends, so that a layer over it is a convolution along x: `window(clicks, 3) |> dense(16, relu)`. `before` of the n are",
    "before the step, half of them where it is left out; with `before: 2` a window of 3 has the step and the two before it. With `every: k`",
    "there is a window for every k-th step, counted from the latest, along `h / k`; it then ends with its step where `before` is left out.",
  ].join("\n"),
  parameters: [
    { name: "x", accepts: "sequence" },
    { name: "n", accepts: "width" },
    { name: "before", accepts: "any", default: () => half },
    { name: "every", accepts: "any", default: () => all, isNamed: true },
  ],
  apply(call) {
    const x = call.vector("x");
    if (!hasOrder(call, x)) return ERROR;
    const n = call.width("n");
    const every = stepsApart(call);
    const before = every === null ? null : neighboursBefore(call, every);
    if (every === null || before === null) return ERROR;
    if (every > 1 && x.type.list?.varying !== undefined) {
      reportVarying(call.elaboration, call.name, x.type.list.varying, call.span);
      return ERROR;
    }
    const size = constantOf(n) ?? 1;
    const origin = { span: call.span, what: "the steps of this `window` side by side" };
    const windows = neighbours(call, zeroOutside(call, x), before, size);
    return everyStep(call, call.like(x, windows, multiplyDims(n, x.type.width), origin), every);
  },
});

/** `x` with zeros at the places of its list that have no element. */
function zeroOutside(call: FunctionCall, x: TensorValue): TensorValue {
  const list = x.type.list?.varying;
  if (list === undefined) return x;
  const there = thereIn(call, x, list);
  return { ...x, node: call.emit("choose", [there, x.node, call.forEach(x, call.constant(0))], {}) };
}

/** The number of window positions before the step; null if it is out of range, which is reported. */
function neighboursBefore(call: FunctionCall, every: number): number | null {
  const size = constantOf(call.width("n"));
  const { value, span } = call.argument("before");
  if (value === half) return every === 1 ? Math.floor((size ?? 1) / 2) : (size ?? 1) - 1;
  if (value.type.kind !== "int") {
    const what = "`before` of `window`";
    call.elaboration.report(wrongType, { what, expected: "an Int", got: printType(value.type) }, span);
    return null;
  }
  const before = numberOf(value.type);
  if (before === null || size === null || (before >= 0 && before < size)) return before ?? 0;
  call.elaboration.report(windowBefore, { before, size }, span);
  return null;
}

/** The number of steps from a window to the next; null if it is no such number, which is reported. */
function stepsApart(call: FunctionCall): number | null {
  const { value, span } = call.argument("every");
  const every = value.type.kind === "int" ? numberOf(value.type) : null;
  const isVariable = value.type.kind === "int" && every === null;
  if (isVariable || (every !== null && every >= 1)) return every ?? 1;
  call.elaboration.report(windowEvery, { got: every === null ? printType(value.type) : String(every) }, span);
  return null;
}

/** Every k-th step or element of `x`, the last one among them. */
function everyStep(call: FunctionCall, x: TensorValue, every: number): TensorValue {
  const { axis, list } = x.type;
  if (every === 1) return x;
  if (list !== null) {
    const length = constantOf(list) ?? 1;
    const kept = Math.ceil(length / every);
    const indices = Array.from({ length: kept }, (_, i) => length - 1 - (kept - 1 - i) * every);
    const node = call.emit("gather_list", [x.node], { indices });
    return { ...x, type: { ...x.type, list: everyDim(list, every) }, node };
  }
  // The kept steps come last in this order.
  const kept = call.emit("gather_positions", [periodic(call, every, x)], {
    history: axis!.name,
    per: "example",
  });
  const sorted = call.emit("sort_steps", [x.node, kept], { inverse: false });
  const along = everyAxis(axis!.name, every);
  const node = call.emit("resize_steps", [sorted], { history: along, keep: "last" });
  return { ...x, type: { ...x.type, axis: { ...axis!, name: along } }, node };
}

/** 1 for the positions 0, k, 2k, …, 0 for the others: once [positions, 1], made by doubling because a constant is one number. */
function periodic(call: FunctionCall, every: number, x: TensorValue): NodeId | null {
  const most = constantOf(positionsOf(call, x)) ?? 1;
  const constant = (value: number, rows: number) => call.emit("constant", [], { value, dims: [rows, 1] });
  let numbers = call.emit("concat", [constant(1, 1), constant(0, every - 1)], { dim: 0 });
  let known = every;
  for (; known < most; known *= 2) numbers = call.emit("concat", [numbers, numbers], { dim: 0 });
  return known === most ? numbers : call.emit("slice", [numbers], { dim: 0, from: 0, to: most });
}

function neighbours(call: FunctionCall, x: TensorValue, before: number, size: number): NodeId | null {
  const dim = (x.type.list ?? x.outerAxes.list) === null ? 0 : 1;
  const at = x.type.list === null ? stepsAt(call, x) : elementsAt(call, x);
  const earlier = Array.from({ length: before }, (_, i) => at(i - before));
  const later = Array.from({ length: Math.max(0, size - before - 1) }, (_, i) => at(i + 1));
  const all = [...earlier, x.node, ...later];
  return all.length === 1 ? x.node : call.emit("concat", all, { dim });
}

/** For each step, the step `by` positions after it; 0 if there is none. */
function stepsAt(call: FunctionCall, x: TensorValue): (by: number) => NodeId | null {
  const width = constantOf(x.type.width) ?? 1;
  const { list } = x.outerAxes;
  const dims = list === null ? [width] : [constantOf(list) ?? 1, width];
  return (by) => {
    const zeros = call.emit("constant", [], { value: 0, dims });
    let node = x.node;
    for (let i = 0; i < Math.abs(by); i++)
      node = call.emit("shift_steps", [node, zeros], { reverse: by > 0 });
    return node;
  };
}

function elementsAt(call: FunctionCall, x: TensorValue): (by: number) => NodeId | null {
  const [width, length] = [constantOf(x.type.width) ?? 1, constantOf(x.type.list!) ?? 1];
  const zeros = (count: number) => call.emit("constant", [], { value: 0, dims: [count, width] });
  return (by) => {
    const missing = Math.min(Math.abs(by), length);
    // A constant alone does not have x's rows.
    if (missing === length) return call.emit("multiply", [x.node, zeros(length)], {});
    const [from, to] = by < 0 ? [0, length - missing] : [missing, length];
    const there = call.emit("slice", [x.node], { dim: 0, from, to });
    return call.emit("concat", by < 0 ? [zeros(missing), there] : [there, zeros(missing)], { dim: 0 });
  };
}

export const place = defineFunction({
  name: "place",
  knowsVarying: true,
  doc: "`place(x: Seq[h, d]) -> Seq[h, 1]` is the position of each step from the end: 1 for the latest, 2 for the one before it.",
  parameters: [{ name: "x", accepts: "sequence" }],
  apply(call) {
    const x = call.vector("x");
    if (!hasOrder(call, x)) return ERROR;
    const origin = { span: call.span, what: "a place" };
    return call.like(x, positionsFromEnd(call, x), constantDim(1), origin);
  },
});

/** The position of each step or element of `x`, 1 for the latest. */
export function positionsFromEnd(call: FunctionCall, x: TensorValue): NodeId | null {
  if (x.type.list === null) return call.forEach(x, places(call, x));
  const length = constantOf(x.type.list) ?? 1;
  const all = call.emit("constant", [], { value: length + 1, dims: [length, 1] });
  const numbers = call.emit("subtract", [all, numbersFrom(call, 1, length)], {});
  // Concatenated with x, so that every row has them.
  const beside = call.emit("concat", [x.node, numbers], { dim: 1 });
  const from = constantOf(x.type.width) ?? 1;
  return call.emit("slice", [beside], { dim: 1, from, to: from + 1 });
}

/** The positions of the steps of x's history. */
function places(call: FunctionCall, x: TensorValue): NodeId | null {
  const most = constantOf(positionsOf(call, x)) ?? 1;
  const history = x.type.axis!.name;
  return call.emit("gather_positions", [numbersFrom(call, 1, most)], { history, per: "example" });
}
