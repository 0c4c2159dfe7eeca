// Linear layers.

import type { NodeId } from "../../middle/graph/graph.ts";
import { defineFunction } from "../values/define-function.ts";
import { type Dim, printDim } from "../values/dims.ts";
import { plainValue } from "../values/types.ts";
import type { Layer } from "../values/values.ts";
import { none } from "./activations.function.ts";

export const dense = defineFunction({
  name: "dense",
  doc: [
    "`dense(x: Vec[n], width: Int, activation: Activation = none) -> Vec[width]` is a linear layer, `activation(x·W + b)`,",
    "with a kernel W [n, width] of its own at every use (Glorot normal; Glorot & Bengio 2010) and a bias b from 0.",
    "On a Seq it applies to each step or element, with the same weights.",
  ].join("\n"),
  parameters: [
    { name: "x", accepts: "vector" },
    { name: "width", accepts: "width" },
    {
      name: "activation",
      accepts: "function",
      default: () => plainValue({ kind: "function", callable: { kind: "builtin", definition: none } }),
    },
  ],
  apply(call) {
    const x = call.vector("x");
    const width = call.width("width");
    const layer = call.layer();
    const kernel = kernelOf(layer, x.type.width, width);
    const bias = layer.parameter("bias", [width], () => ({ kind: "zeros" }));
    const product = call.emit("matmul", [x.node, kernel], { transpose: false });
    const node = call.emit("add", [product, call.forEach(x, bias)], {});
    const origin = { span: call.argument("width").span, what: `this \`dense\` gives ${printDim(width)}` };
    const value = call.like(x, node, width, origin);
    return call.elaboration.call(
      call.callable("activation"),
      "activation",
      [{ name: null, value, span: call.span }],
      call.span,
    );
  },
});

export const linear = defineFunction({
  name: "linear",
  doc: "`linear(x: Vec[n], width: Int) -> Vec[width]` is x·W, a linear layer without bias: a projection, as in attention or a bilinear product.",
  parameters: [
    { name: "x", accepts: "vector" },
    { name: "width", accepts: "width" },
  ],
  apply(call) {
    const x = call.vector("x");
    const width = call.width("width");
    const kernel = kernelOf(call.layer(), x.type.width, width);
    const origin = { span: call.argument("width").span, what: `this \`linear\` gives ${printDim(width)}` };
    return call.like(x, call.emit("matmul", [x.node, kernel], { transpose: false }), width, origin);
  },
});

export const bias = defineFunction({
  name: "bias",
  doc: "`bias(x: Vec[d]) -> Vec[d]` is x + b with a learned b, from 0: the intercept of a linear part.",
  parameters: [{ name: "x", accepts: "vector" }],
  apply(call) {
    const x = call.vector("x");
    const offset = call.layer().parameter("bias", [x.type.width], () => ({ kind: "zeros" }));
    return call.like(x, call.emit("add", [x.node, call.forEach(x, offset)], {}));
  },
});

/** W [from, to], Glorot normal. */
export function kernelOf(layer: Layer, from: Dim, to: Dim): NodeId | null {
  return layer.parameter("kernel", [from, to], ([fanIn, fanOut]) => ({
    kind: "glorot_normal",
    fanIn: fanIn!,
    fanOut: fanOut!,
  }));
}
