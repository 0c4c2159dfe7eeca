// A learned vector for each range of a number that the network computes. The transform with the same name is
// for numbers of the data.

import { wrongType } from "../../diagnostics/catalog/expressions.ts";
import { boundsNotAscending } from "../../diagnostics/catalog/values.ts";
import type { NodeId } from "../../middle/graph/graph.ts";
import { defineFunction } from "../values/define-function.ts";
import { addDims, constantDim, constantOf, type Dim } from "../values/dims.ts";
import { numbersFrom } from "../values/facing.ts";
import { ERROR, numberOf, printType } from "../values/types.ts";
import type { FunctionCall, TensorValue } from "../values/values.ts";

export const buckets = defineFunction({
  name: "buckets",
  doc: [
    "`buckets(x: Vec[1], bounds: List[Float], width: Int) -> Vec[width]` is a learned vector for each range of a number that is computed:",
    "below the first bound, from each bound to below the next, and from the last one on: `buckets(place(clicks), [2, 5, 10], 8)`. Nothing",
    "is learned through x. The vectors start from a normal distribution of deviation 0.01.",
  ].join("\n"),
  parameters: [
    { name: "x", accepts: "vector" },
    { name: "bounds", accepts: "list" },
    { name: "width", accepts: "width" },
  ],
  apply(call) {
    const x = call.vector("x");
    const one = constantOf(x.type.width);
    if (one !== 1) {
      const { span } = call.argument("x");
      const what = "`x` of `buckets`";
      call.elaboration.report(
        wrongType,
        { what, expected: "one number, a Vec[1]", got: printType(x.type) },
        span,
      );
      return ERROR;
    }
    const bounds = boundsOf(call);
    if (bounds === null) return ERROR;
    const width = call.width("width");
    const vectors = call
      .layer()
      .parameter("vectors", [addDims(bounds.length, constantDim(1)), width], () => ({
        kind: "normal",
        deviation: 0.01,
      }));
    const isIn = rangeOf(call, x, bounds.values);
    const node = call.emit("matmul", [isIn, vectors], { transpose: false });
    return call.like(x, node, width, {
      span: call.argument("width").span,
      what: "the width of these buckets",
    });
  },
});

interface Bounds {
  readonly length: Dim;
  /** Empty in a block that is checked for all lists. */
  readonly values: readonly number[];
}

/** Null if the bounds are not ascending numbers, which is reported. */
function boundsOf(call: FunctionCall): Bounds | null {
  const { value, span } = call.argument("bounds");
  const { type } = value;
  if (type.kind !== "list") return null;
  if (type.elements === null) return { length: type.length, values: [] };
  const values: number[] = [];
  for (const element of type.elements) {
    const number = numberOf(element.type);
    if (element.type.kind !== "int" && element.type.kind !== "float") {
      const what = "`bounds` of `buckets`";
      call.elaboration.report(
        wrongType,
        { what, expected: "a list of numbers", got: printType(value.type) },
        span,
      );
      return null;
    }
    const before = values.at(-1);
    if (number !== null && before !== undefined && number <= before) {
      call.elaboration.report(boundsNotAscending, { bound: String(number), before: String(before) }, span);
      return null;
    }
    values.push(number ?? 0);
  }
  if (values.length === 0) {
    const what = "`bounds` of `buckets`";
    call.elaboration.report(wrongType, { what, expected: "at least one bound", got: "an empty list" }, span);
    return null;
  }
  return { length: type.length, values };
}

/** 1 at the range of x, 0 at all others. */
function rangeOf(call: FunctionCall, x: TensorValue, bounds: readonly number[]): NodeId | null {
  const dim = (x.type.list ?? x.outerAxes.list) === null ? 0 : 1;
  const one = call.constant(1);
  const all = boundsNode(call, bounds);
  const isBelow = call.emit("greater", [call.forEach(x, all), x.node], {});
  const isFrom = call.emit("subtract", [call.forEach(x, one), isBelow], {});
  const beginning = call.emit("concat", [call.forEach(x, one), isFrom], { dim });
  const end = call.emit("concat", [isFrom, call.forEach(x, call.constant(0))], { dim });
  return call.emit("subtract", [beginning, end], {});
}

/** The bounds, once [bounds]; bounds that increase by one need few nodes. */
function boundsNode(call: FunctionCall, bounds: readonly number[]): NodeId | null {
  const from = bounds[0] ?? 0;
  if (bounds.length > 2 && bounds.every((bound, i) => bound === from + i))
    return call.emit("reshape", [numbersFrom(call, from, bounds.length)], { dims: [bounds.length] });
  const numbers = bounds.map((bound) => call.constant(bound));
  return numbers.length === 1 ? numbers[0]! : call.emit("concat", numbers, { dim: 0 });
}
