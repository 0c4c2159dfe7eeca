// Linear layers.

import { wrongType } from "../../diagnostics/catalog/expressions.ts";
import type { NodeId } from "../../middle/graph/graph.ts";
import { defineFunction } from "../values/define-function.ts";
import { type Dim, printDim } from "../values/dims.ts";
import { ERROR, plainValue, printType } from "../values/types.ts";
import type { FunctionCall, Layer, TensorValue } from "../values/values.ts";
import { none } from "./activations.function.ts";
import { domainOf, PER } from "./domain.ts";
import { linearBy } from "./domain-layers.ts";

export const dense = defineFunction({
  name: "dense",
  doc: [
    "`dense(x: Vec[n], width: Int, activation: Activation = none, per?: Feature) -> Vec[width]` is a linear layer,",
    "`activation(x·W + b)`, with a kernel W [n, width] of its own at every use (Glorot normal; Glorot & Bengio 2010) and a bias b",
    "from 0. On a Seq it applies to each step or element, with the same weights. `per` names a feature whose values are counted in",
    "the spec: rows of each value have a W and b of their own.",
  ].join("\n"),
  parameters: [
    { name: "x", accepts: "vector" },
    { name: "width", accepts: "width" },
    {
      name: "activation",
      accepts: "function",
      default: () => plainValue({ kind: "function", callable: { kind: "builtin", definition: none } }),
    },
    PER,
  ],
  apply(call) {
    const x = call.vector("x");
    const width = call.width("width");
    const domain = domainOf(call, x);
    if (domain === "reported") return ERROR;
    const layer = call.layer();
    const node =
      domain === null ? linearOf(call, x, layer, width) : linearBy(call, x, layer, width, domain, "own");
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

/** x·W + b */
function linearOf(call: FunctionCall, x: TensorValue, layer: Layer, width: Dim): NodeId | null {
  const kernel = kernelOf(layer, x.type.width, width);
  const bias = layer.parameter("bias", [width], () => ({ kind: "zeros" }));
  const product = call.emit("matmul", [x.node, kernel], { transpose: false });
  return call.emit("add", [product, call.forEach(x, bias)], {});
}

export const star = defineFunction({
  name: "star",
  doc: [
    "`star(x: Vec[n], width: Int, per: Feature) -> Vec[width]` is a linear layer whose weights are shared ones times those of the",
    "row's value of a feature, and whose bias is the sum of both: x·(W ⊙ W_p) + b + b_p (Sheng et al., CIKM 2021, section 3.3).",
    "W begins as a kernel does, W_p as 1, and the biases as 0. The feature's values are counted in the spec.",
  ].join("\n"),
  parameters: [
    { name: "x", accepts: "vector" },
    { name: "width", accepts: "width" },
    { name: "per", accepts: "name" },
  ],
  apply(call) {
    const x = call.vector("x");
    const width = call.width("width");
    const domain = domainOf(call, x);
    if (domain === "reported") return ERROR;
    if (domain === null) {
      const { value, span } = call.argument("per");
      const got = printType(value.type);
      call.elaboration.report(wrongType, { what: "`per` of `star`", expected: "a feature", got }, span);
      return ERROR;
    }
    const node = linearBy(call, x, call.layer(), width, domain, "shared");
    const origin = { span: call.argument("width").span, what: `this \`star\` gives ${printDim(width)}` };
    return call.like(x, node, width, origin);
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
