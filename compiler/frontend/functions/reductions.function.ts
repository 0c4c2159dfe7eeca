// Functions along a Seq, its history or list (sum, mean, max, softmax), and along the width of a vector (total). An empty
// history gives 0 everywhere; softmax of one has no steps, so that a sum weighted by it is 0.

import type { NodeId } from "../../middle/graph/graph.ts";
import { defineFunction } from "../values/define-function.ts";
import { constantDim, constantOf } from "../values/dims.ts";
import { withoutInner } from "../values/leading-axes.ts";
import { tensorValue } from "../values/types.ts";
import type { FunctionCall, TensorValue } from "../values/values.ts";

/** The Vec that a Seq becomes. */
function reduced(x: TensorValue, node: NodeId | null): TensorValue {
  const { sources, outerAxes, widthOrigin } = x;
  return tensorValue(
    { ...withoutInner(x.type), width: x.type.width },
    { node, sources, outerAxes, widthOrigin },
  );
}

const sequence = [{ name: "x", accepts: "sequence" }] as const;

function sumOf(call: FunctionCall, x: TensorValue): NodeId | null {
  return call.emit(x.type.list === null ? "sum_steps" : "sum_list", [x.node], {});
}

/** How many steps or elements `x` has, at least 1. */
function countOf(call: FunctionCall, x: TensorValue): NodeId | null {
  if (x.type.list !== null) return call.constant(constantOf(x.type.list) ?? 1);
  const history = x.type.axis!.name;
  const count = call.emit("count_steps", [], { history, per: "example" });
  const atLeastOne = call.emit("maximum", [count, call.constant(1)], {});
  return call.forEach(x, atLeastOne);
}

export const sum = defineFunction({
  name: "sum",
  doc: "`sum(x: Seq[h, d]) -> Vec[d]` adds up the steps or elements; 0 for an empty history. To add up the width, use `total`.",
  parameters: sequence,
  apply(call) {
    const x = call.vector("x");
    return reduced(x, sumOf(call, x));
  },
});

export const mean = defineFunction({
  name: "mean",
  doc: "`mean(x: Seq[h, d]) -> Vec[d]` is the mean over the steps or elements; 0 for an empty history.",
  parameters: sequence,
  apply(call) {
    const x = call.vector("x");
    return reduced(x, call.emit("divide", [sumOf(call, x), countOf(call, x)], {}));
  },
});

export const max = defineFunction({
  name: "max",
  doc: "`max(x: Seq[h, d]) -> Vec[d]` is the largest value over the steps or elements, for each of the d numbers; 0 for an empty history.",
  parameters: sequence,
  apply(call) {
    const x = call.vector("x");
    return reduced(x, call.emit(x.type.list === null ? "max_steps" : "max_list", [x.node], {}));
  },
});

export const softmax = defineFunction({
  name: "softmax",
  doc: "`softmax(x: Seq[h, d]) -> Seq[h, d]` makes the steps of each history, or the elements of a list, positive with sum 1: exp(x) / Σ exp(x), for each of the d numbers.",
  parameters: sequence,
  apply(call) {
    const x = call.vector("x");
    return call.like(x, call.emit(x.type.list === null ? "softmax_steps" : "softmax_list", [x.node], {}));
  },
});

export const total = defineFunction({
  name: "total",
  doc: "`total(x: Vec[d]) -> Vec[1]` adds up the d numbers of a vector. To add up the steps of a history, use `sum`.",
  parameters: [{ name: "x", accepts: "vector" }],
  apply(call: FunctionCall) {
    const x = call.vector("x");
    const node = call.emit("sum_width", [x.node], {});
    return call.like(x, node, constantDim(1), { span: call.span, what: "a total" });
  },
});
