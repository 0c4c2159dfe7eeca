// Functions along the axis of a Seq (sum, mean, max, softmax) and along the width of a vector (total). An empty
// history gives 0 everywhere; softmax of one has no steps, so that a sum weighted by it is 0.

import type { NodeId } from "../graph/graph.ts";
import { constantDim } from "../model/dims.ts";
import { type TensorValue, tensorValue } from "../model/types.ts";
import { defineFunction, type FunctionCall } from "./define-function.ts";

/** The Vec that a Seq becomes. */
function reduced(x: TensorValue, node: NodeId | null): TensorValue {
  return tensorValue(
    { axis: null, width: x.type.width },
    { node, sources: x.sources, widthOrigin: x.widthOrigin },
  );
}

const sequence = [{ name: "x", accepts: "sequence" }] as const;

export const sum = defineFunction({
  name: "sum",
  doc: "`sum(x: Seq[h, d]) -> Vec[d]` adds up the steps; 0 for an empty history. To add up the width, use `total`.",
  parameters: sequence,
  apply(call) {
    const x = call.vector("x");
    return reduced(x, call.emit("sum_steps", [x.node], {}));
  },
});

export const mean = defineFunction({
  name: "mean",
  doc: "`mean(x: Seq[h, d]) -> Vec[d]` is the mean over the steps; 0 for an empty history.",
  parameters: sequence,
  apply(call) {
    const x = call.vector("x");
    const sums = call.emit("sum_steps", [x.node], {});
    const count = call.emit("count_steps", [], { history: x.type.axis!.name, per: "example" });
    const atLeastOne = call.emit("maximum", [count, call.constant(1)], {});
    return reduced(x, call.emit("divide", [sums, atLeastOne], {}));
  },
});

export const max = defineFunction({
  name: "max",
  doc: "`max(x: Seq[h, d]) -> Vec[d]` is the largest value over the steps, for each of the d numbers; 0 for an empty history.",
  parameters: sequence,
  apply(call) {
    const x = call.vector("x");
    return reduced(x, call.emit("max_steps", [x.node], {}));
  },
});

export const softmax = defineFunction({
  name: "softmax",
  doc: "`softmax(x: Seq[h, d]) -> Seq[h, d]` makes the steps of each history positive with sum 1: exp(x) / Σ exp(x), for each of the d numbers.",
  parameters: sequence,
  apply(call) {
    const x = call.vector("x");
    return call.like(x, call.emit("softmax_steps", [x.node], {}));
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
