// Activations: functions of one vector that keep its shape.

import { wrongType } from "../../diagnostics/catalog/expressions.ts";
import { binary } from "../values/arithmetic.ts";
import { defineFunction } from "../values/define-function.ts";
import { constantOf } from "../values/dims.ts";
import { ERROR, intValue, numberOf, printType, tensorValue } from "../values/types.ts";
import { MOMENTUM, momentumOf, standardized } from "./batch-statistics.ts";
import { isState } from "./scan-state.ts";

const vector = [{ name: "x", accepts: "vector" }] as const;

export const none = defineFunction({
  name: "none",
  doc: "`none(x: Vec[d]) -> Vec[d]` is x: for a layer without an activation.",
  parameters: vector,
  apply: (call) => call.vector("x"),
});

export const stopGradient = defineFunction({
  name: "stop_gradient",
  doc: "`stop_gradient(x: Vec[d]) -> Vec[d]` blocks the gradient, so nothing that x is computed from learns through it. It has no effect in serving.",
  parameters: vector,
  apply(call) {
    const x = call.vector("x");
    return call.like(x, call.emit("stop_gradient", [x.node], {}));
  },
});

export const relu = defineFunction({
  name: "relu",
  doc: "`relu(x: Vec[d]) -> Vec[d]` is max(x, 0).",
  parameters: vector,
  apply(call) {
    const x = call.vector("x");
    return call.like(x, call.emit("relu", [x.node], {}));
  },
});

export const tanh = defineFunction({
  name: "tanh",
  doc: "`tanh(x: Vec[d]) -> Vec[d]` is the hyperbolic tangent, between −1 and 1.",
  parameters: vector,
  apply(call) {
    const x = call.vector("x");
    return call.like(x, call.emit("tanh", [x.node], {}));
  },
});

export const sigmoid = defineFunction({
  name: "sigmoid",
  doc: [
    "`sigmoid(x: Vec[d]) -> Vec[d]` is 1 / (1 + exp(−x)). A `Vec[1]` becomes a `Prob`, which remembers x as its logit:",
    "the loss is computed from that, so that it never takes the logarithm of a rounded 0.",
  ].join("\n"),
  parameters: vector,
  apply(call) {
    const x = call.vector("x");
    const node = call.emit("sigmoid", [x.node], {});
    if (constantOf(x.type.width) !== 1) return call.like(x, node);
    const { sources, outerAxes } = x;
    return tensorValue(
      { ...x.type, probability: true },
      { node, logit: x.node, sources, outerAxes, widthOrigin: { span: call.span, what: "a probability" } },
    );
  },
});

export const silu = defineFunction({
  name: "silu",
  doc: [
    "`silu(x: Vec[d], beta: Float = 1) -> Vec[d]` is x · σ(β·x), also called Swish (Elfwing et al., 2017, section 2; Ramachandran",
    "et al., 2017, section 4).",
  ].join("\n"),
  parameters: [...vector, { name: "beta", accepts: "any", default: () => intValue(1) }],
  apply(call) {
    const x = call.vector("x");
    const { value: beta, span } = call.argument("beta");
    if (beta.type.kind !== "int" && beta.type.kind !== "float") {
      const got = printType(beta.type);
      call.elaboration.report(wrongType, { what: "`beta` of `silu`", expected: "a number", got }, span);
      return ERROR;
    }
    const given = { value: x, span: call.argument("x").span };
    const scaled =
      numberOf(beta.type) === 1 ? x : binary(call.elaboration, "*", { value: beta, span }, given, call.span);
    return call.like(x, call.emit("multiply", [x.node, call.emit("sigmoid", [scaled.node], {})], {}));
  },
});

export const prelu = defineFunction({
  name: "prelu",
  doc: "`prelu(x: Vec[d]) -> Vec[d]` is x where x > 0 and α·x elsewhere, with an α for each of the d units learned from 0.25 (He et al., ICCV 2015).",
  parameters: vector,
  apply(call) {
    const x = call.vector("x");
    const alpha = call.layer().parameter("alpha", [x.type.width], () => ({ kind: "constant", value: 0.25 }));
    const below = call.emit("relu", [call.emit("negate", [x.node], {})], {});
    const scaled = call.emit("multiply", [below, call.forEach(x, alpha)], {});
    return call.like(x, call.emit("subtract", [call.emit("relu", [x.node], {}), scaled], {}));
  },
});

export const dice = defineFunction({
  name: "dice",
  doc: [
    "`dice(x: Vec[d], momentum: Float = 0.9) -> Vec[d]` is p·x + (1 − p)·α·x with p = σ((x − E) / √(Var + 1e-8)) (Zhou et al., KDD 2018,",
    "section 5.2). E and Var are those of the batch in training and their moving averages at inference, for each of the d units; α",
    "is learned from 0. On a Seq they are taken over the valid steps of all histories of the batch. `momentum` is the share of the",
    "averages that each batch keeps, as in Keras (PyTorch uses the opposite share: 0.1).",
  ].join("\n"),
  parameters: [...vector, MOMENTUM],
  apply(call) {
    const x = call.vector("x");
    const momentum = momentumOf(call);
    if (momentum === null || isState(call, x)) return ERROR;
    const layer = call.layer();
    const alpha = layer.parameter("alpha", [x.type.width], () => ({ kind: "zeros" }));
    const { centred, deviation } = standardized(call, x, layer, 1e-8, momentum);
    // Values known once are combined first, and p·x + (1 − p)·α·x is written x · (p·(1 − α) + α): each
    // remaining op runs over every step of the batch.
    const scale = call.emit("divide", [call.constant(1), deviation], {});
    const p = call.emit("sigmoid", [call.emit("multiply", [centred, call.forEach(x, scale)], {})], {});
    const swing = call.emit("subtract", [call.constant(1), alpha], {});
    const swung = call.emit("multiply", [p, call.forEach(x, swing)], {});
    const slope = call.emit("add", [swung, call.forEach(x, alpha)], {});
    return call.like(x, call.emit("multiply", [x.node, slope], {}));
  },
});
