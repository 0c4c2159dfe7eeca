// Functions of a step's position: its neighbours, and its distance from the latest step.

import { wrongType } from "../../diagnostics/catalog/expressions.ts";
import { windowBefore } from "../../diagnostics/catalog/sequences.ts";
import type { NodeId } from "../../middle/graph/graph.ts";
import { defineFunction } from "../values/define-function.ts";
import { constantDim, constantOf, multiplyDims } from "../values/dims.ts";
import { numbersFrom } from "../values/facing.ts";
import { ERROR, intValue, numberOf, printType } from "../values/types.ts";
import type { FunctionCall, TensorValue } from "../values/values.ts";
import { hasOrder } from "./batch.function.ts";
import { thereIn } from "./counted.ts";
import { positionsOf } from "./sequence.function.ts";

/** The default of `before`: half of the window. */
const half = intValue(0);

export const window = defineFunction({
  name: "window",
  knowsVarying: true,
  doc: [
    "`window(x: Seq[h, d], n: Int, before?: Int) -> Seq[h, n*d]` is each step or element with its neighbours side by side, zeros beyond",
    "the ends, so that a layer over it is a convolution along x: `window(clicks, 3) |> dense(16, relu)`. `before` of the n are before the",
    "step, half of them where it is left out; with `before: 2` a window of 3 has the step and the two before it.",
  ].join("\n"),
  parameters: [
    { name: "x", accepts: "sequence" },
    { name: "n", accepts: "width" },
    { name: "before", accepts: "any", default: () => half },
  ],
  apply(call) {
    const x = call.vector("x");
    if (!hasOrder(call, x)) return ERROR;
    const n = call.width("n");
    const before = neighboursBefore(call);
    if (before === null) return ERROR;
    const size = constantOf(n) ?? 1;
    const origin = { span: call.span, what: "the steps of this `window` side by side" };
    return call.like(
      x,
      neighbours(call, zeroOutside(call, x), before, size),
      multiplyDims(n, x.type.width),
      origin,
    );
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
function neighboursBefore(call: FunctionCall): number | null {
  const size = constantOf(call.width("n"));
  const { value, span } = call.argument("before");
  if (value === half) return Math.floor((size ?? 1) / 2);
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
    return call.like(x, placesOf(call, x), constantDim(1), origin);
  },
});

function placesOf(call: FunctionCall, x: TensorValue): NodeId | null {
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
