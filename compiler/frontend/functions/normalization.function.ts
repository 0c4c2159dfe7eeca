// Layers that keep a network trainable: dropout, and normalization over the batch or over the width.

import { badDropoutRate, oneNumberNormalized } from "../../diagnostics/catalog/training.ts";
import { inputOf } from "../../middle/programs/program.ts";
import { quoteExpression } from "../syntax/constants.ts";
import { defineFunction } from "../values/define-function.ts";
import { constantOf } from "../values/dims.ts";
import { ERROR, numberOf, printType } from "../values/types.ts";
import type { FunctionCall, Layer, Value } from "../values/values.ts";
import { MOMENTUM, momentumOf, standardized } from "./batch-statistics.ts";
import { domainOf, PER } from "./domain.ts";
import { normalizedBy } from "./domain-statistics.ts";
import { isState } from "./scan-state.ts";

export const dropout = defineFunction({
  name: "dropout",
  doc: [
    "`dropout(x: Vec[d], rate: Float) -> Vec[d]` leaves out each number with probability `rate` in training, and divides the others by",
    "1 − rate (Srivastava et al., JMLR 2014). In predictions and compiled code it is x. What a step leaves out follows from the",
    "seed, and is the same on every back end.",
  ].join("\n"),
  parameters: [
    { name: "x", accepts: "vector" },
    { name: "rate", accepts: "any" },
  ],
  apply: (call) => leftOut(call, {}),
});

export const vectorDropout = defineFunction({
  name: "vector_dropout",
  doc: [
    "`vector_dropout(x: Vec[d], rate: Float) -> Vec[d]` leaves out whole vectors with probability `rate` in training, each step's or element's",
    "by itself, and divides the others by 1 − rate. A network learns so to do without an id that it may not know (DropoutNet; Volkovs",
    "et al., NIPS 2017) or without some steps of a history. In predictions and compiled code it is x.",
  ].join("\n"),
  parameters: [
    { name: "x", accepts: "vector" },
    { name: "rate", accepts: "any" },
  ],
  apply: (call) => leftOut(call, { whole: true }),
});

/** x with numbers, or whole vectors, left out. */
function leftOut(call: FunctionCall, what: { readonly whole?: true }): Value {
  const { value, span } = call.argument("rate");
  const { type } = value;
  const isNumber = type.kind === "int" || type.kind === "float";
  const rate = numberOf(type);
  if (!isNumber || (rate !== null && !(rate >= 0 && rate < 1))) {
    const got = isNumber ? quoteExpression({ span }) : printType(type);
    const share = rate !== null && rate > 1 && rate < 100 ? rate / 100 : null;
    call.elaboration.report(badDropoutRate, { callee: call.name, got, share }, span);
    return ERROR;
  }
  const x = call.vector("x");
  const { name } = call.layer();
  if (x.node === null || rate === 0) return call.like(x, x.node);
  const full = call.elaboration.typeOf(x.node);
  const drawnType = what.whole ? { ...full, dims: [...full.dims.slice(0, -1), 1] } : full;
  const drawn = call.emit("input", [], inputOf({ kind: "noise", of: name }, drawnType));
  const noise = what.whole ? call.emit("broadcast_like", [drawn, x.node], {}) : drawn;
  return call.like(x, call.emit("dropout", [x.node, noise], { rate: rate!, ...what }));
}

/** The learned values of both normalizations, [d]: γ from 1, β from 0. */
function learned(call: FunctionCall, layer: Layer) {
  const { width } = call.vector("x").type;
  return {
    gamma: layer.parameter("gamma", [width], () => ({ kind: "constant", value: 1 })),
    beta: layer.parameter("beta", [width], () => ({ kind: "zeros" })),
  };
}

/** Used by both normalizations. */
const EPSILON = 1e-5;

export const batchNorm = defineFunction({
  name: "batch_norm",
  doc: [
    "`batch_norm(x: Vec[d], per?: Feature, momentum: Float = 0.9) -> Vec[d]` is γ·(x − E) / √(Var + 1e-5) + β (Ioffe & Szegedy, ICML 2015). E and",
    "Var, the mean and the mean square of x − E, are those of the batch in training and their moving averages at inference, for",
    "each of the d units; γ is learned from 1, β from 0. On a Seq they are taken over the valid steps of all histories of the",
    "batch. `momentum` is the share of the averages that each batch keeps, as in Keras (PyTorch uses the opposite share: 0.1). `per` names a",
    "feature whose values are counted in the spec: rows of each value have E, Var, γ and β of their own (partitioned",
    "normalization of STAR; Sheng et al., CIKM 2021, section 3.2).",
  ].join("\n"),
  parameters: [{ name: "x", accepts: "vector" }, PER, MOMENTUM],
  apply(call) {
    const x = call.vector("x");
    if (isState(call, x)) return ERROR;
    const domain = domainOf(call, x);
    const momentum = momentumOf(call);
    if (domain === "reported" || momentum === null) return ERROR;
    if (domain !== null) return call.like(x, normalizedBy(call, x, domain, EPSILON, momentum));
    const layer = call.layer();
    const { gamma, beta } = learned(call, layer);
    const { centred, deviation } = standardized(call, x, layer, EPSILON, momentum);
    // Known once, at inference with the weights.
    const scale = call.emit("divide", [gamma, deviation], {});
    const scaled = call.emit("multiply", [centred, call.forEach(x, scale)], {});
    return call.like(x, call.emit("add", [scaled, call.forEach(x, beta)], {}));
  },
});

export const layerNorm = defineFunction({
  name: "layer_norm",
  doc: [
    "`layer_norm(x: Vec[d]) -> Vec[d]` is γ·(x − E) / √(Var + 1e-5) + β (Ba et al., 2016) with mean E and variance Var of the",
    "vector's own d numbers; γ is learned from 1, β from 0. On a Seq each step has its own.",
  ].join("\n"),
  parameters: [{ name: "x", accepts: "vector" }],
  apply(call) {
    const x = call.vector("x");
    const width = constantOf(x.type.width);
    if (width === 1) {
      call.elaboration.report(oneNumberNormalized, {}, call.span);
      return ERROR;
    }
    const { gamma, beta } = learned(call, call.layer());
    const number = (value: number) => call.forEach(x, call.constant(value));
    const mean = (node: ReturnType<typeof number>) =>
      call.emit("divide", [call.emit("sum_width", [node], {}), number(width ?? 1)], {});
    const centred = call.emit("subtract", [x.node, mean(x.node)], {});
    const variance = mean(call.emit("multiply", [centred, centred], {}));
    const deviation = call.emit("sqrt", [call.emit("add", [variance, number(EPSILON)], {})], {});
    const scale = call.emit("divide", [number(1), deviation], {});
    const scaled = call.emit(
      "multiply",
      [call.emit("multiply", [centred, scale], {}), call.forEach(x, gamma)],
      {},
    );
    return call.like(x, call.emit("add", [scaled, call.forEach(x, beta)], {}));
  },
});
