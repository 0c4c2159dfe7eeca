// Arithmetic of probabilities, which stay probabilities: p · q of independent events (ESMM; Ma et al., SIGIR 2018) and
// 1 − p. Their logits are made from the operands' logits, so that the loss never meets a rounded 0 or 1.

import type { Span } from "../../common/source-file.ts";
import type { NodeId } from "../../middle/graph/graph.ts";
import { isTensor, numberOf, tensorValue } from "./types.ts";
import type { Elaboration, TensorValue, Value } from "./values.ts";

export function isProbability(value: Value): value is TensorValue {
  return isTensor(value) && value.type.probability;
}

/** Whether `left - right` is `1 - p`. */
export function isComplement(left: Value, right: Value): right is TensorValue {
  return numberOf(left.type) === 1 && isProbability(right);
}

/** 1 − p = σ(−z): it keeps the digits that p, rounded to 1, has lost. */
export function complement(elaboration: Elaboration, p: TensorValue, span: Span): TensorValue {
  const logit = elaboration.emit("negate", [p.logit], {}, span);
  const node = elaboration.emit("sigmoid", [logit], {}, span);
  const { sources, outerAxes } = p;
  return tensorValue(p.type, { node, logit, sources, outerAxes, widthOrigin: originOf(span) });
}

/**
 * The logit of p · q, log(p·q) − log(1 − p·q), from the logits of p and q. With a the smaller and b the larger of these,
 *
 *     1 / (p·q) − 1 = (1 + e⁻ᵃ)(1 + e⁻ᵇ) − 1 = e⁻ᵃ · (1 + e⁻ᵇ(1 + eᵃ))
 *
 * so that it is a − softplus(softplus(a) − b): nothing overflows, and no two large numbers cancel.
 */
export function productLogit(
  elaboration: Elaboration,
  p: NodeId | null,
  q: NodeId | null,
  span: Span,
): NodeId | null {
  const negated = [p, q].map((logit) => elaboration.emit("negate", [logit], {}, span));
  const smaller = elaboration.emit("negate", [elaboration.emit("maximum", negated, {}, span)], {}, span);
  const larger = elaboration.emit("maximum", [p, q], {}, span);
  const excess = elaboration.emit(
    "subtract",
    [elaboration.emit("softplus", [smaller], {}, span), larger],
    {},
    span,
  );
  return elaboration.emit("subtract", [smaller, elaboration.emit("softplus", [excess], {}, span)], {}, span);
}

/** For messages: where a value became a probability. */
export function originOf(span: Span) {
  return { span, what: "a probability" };
}
