// Arithmetic of probabilities, which stay probabilities: p · q of independent events (ESMM; Ma et al., SIGIR
// 2018), 1 − p, and p · q + (1 − p) · r of what happens in one case or the other. Their logits are made from
// the operands' logits, so that the loss never depends on a rounded 0 or 1.

import type { Span } from "../../common/source-file.ts";
import type { NodeId } from "../../middle/graph/graph.ts";
import { together } from "./together.ts";
import { ERROR, independentEvent, isTensor, numberOf, tensorValue } from "./types.ts";
import type { Elaboration, ProbabilityEvent, TensorArgument, TensorValue, Value } from "./values.ts";

export function isProbability(value: Value): value is TensorValue {
  return isTensor(value) && value.type.probability;
}

/** Tells whether `left - right` is `1 - p`. */
export function isComplement(left: Value, right: Value): right is TensorValue {
  return numberOf(left.type) === 1 && isProbability(right);
}

/** 1 − p = σ(−z): it keeps the digits that p, rounded to 1, has lost. */
export function complement(elaboration: Elaboration, p: TensorValue, span: Span): TensorValue {
  const logit = elaboration.emit("negate", [p.logit], {}, span);
  const node = elaboration.emit("sigmoid", [logit], {}, span);
  const { sources, outerAxes } = p;
  const { identity, happens } = p.event!;
  const event: ProbabilityEvent = { identity, happens: !happens, factors: [], size: 1 };
  return tensorValue(p.type, { node, logit, event, sources, outerAxes, widthOrigin: originOf(span) });
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

/** Products of more factors count as events of their own, so that repeated squaring stays finite. */
const MOST_FACTORS = 32;

/** The event of a product of probabilities. */
export function jointEvent(factors: readonly TensorValue[]): ProbabilityEvent {
  const size = factors.reduce((sum, { event }) => sum + event!.size, 0);
  return size > MOST_FACTORS ? independentEvent() : { ...independentEvent(), factors, size };
}

/** A factor of a product, at any depth, with the product of the others. */
interface Factor {
  readonly value: TensorValue;
  readonly others: readonly TensorValue[];
}

function factorsOf(value: TensorValue): readonly Factor[] {
  const { factors } = value.event!;
  const inner = factors.flatMap((factor, i) => {
    const beside = factors.filter((_, k) => k !== i);
    return factorsOf(factor).map((each) => ({ ...each, others: [...each.others, ...beside] }));
  });
  return [{ value, others: [] }, ...inner];
}

/** An event that is a factor of one side, while its opposite is a factor of the other. */
function alternatives(left: TensorValue, right: TensorValue): readonly [Factor, Factor] | null {
  for (const yes of factorsOf(left))
    for (const no of factorsOf(right)) {
      const [a, b] = [yes.value.event!, no.value.event!];
      if (a.identity === b.identity && a.happens !== b.happens) return [yes, no];
    }
  return null;
}

/** p · q + (1 − p) · r; null if there is no such p. */
export function mixture(
  elaboration: Elaboration,
  left: TensorArgument,
  right: TensorArgument,
  span: Span,
): Value | null {
  const found = alternatives(left.value, right.value);
  if (found === null) return null;
  const [yes, no] = found;
  if (yes.others.length + no.others.length === 0) return null;
  const operands = [
    ...[yes.value, ...yes.others].map((value) => ({ value, span: left.span })),
    ...no.others.map((value) => ({ value, span: right.span })),
  ];
  const met = together(elaboration, "`+`", operands, span);
  if (met === null) return ERROR;
  const [p, ...others] = met.values.map(({ logit }) => logit) as [NodeId | null, ...(NodeId | null)[]];
  const both = (logits: readonly (NodeId | null)[]) =>
    logits.length === 0
      ? undefined
      : logits.reduce((product, logit) => productLogit(elaboration, product, logit, span));
  const q = both(others.slice(0, yes.others.length));
  const r = both(others.slice(yes.others.length));
  const logit = mixtureLogit(elaboration, p, q, r, span);
  return met.probability(elaboration.emit("sigmoid", [logit], {}, span), logit);
}

/**
 * The logit of p · q + (1 − p) · r from the logits of p, q and r; an omitted one is that of 1. The mixture
 * and its complement, p · (1 − q) + (1 − p) · (1 − r), are each a sum of two exponentials, whose exponents
 * are sums of −softplus.
 */
function mixtureLogit(
  elaboration: Elaboration,
  p: NodeId | null,
  q: NodeId | null | undefined,
  r: NodeId | null | undefined,
  span: Span,
): NodeId | null {
  const unary = (op: "negate" | "softplus", x: NodeId | null) => elaboration.emit(op, [x], {}, span);
  const binary = (op: "add" | "subtract" | "maximum", x: NodeId | null, y: NodeId | null) =>
    elaboration.emit(op, [x, y], {}, span);
  /** −log σ(z) */
  const cost = (z: NodeId | null) => unary("softplus", unary("negate", z));
  /** −log(e⁻ᵘ + e⁻ᵛ) = min(u, v) − log(1 + e^−|u − v|) */
  const least = (u: NodeId | null, v: NodeId | null) => {
    const smaller = unary("negate", binary("maximum", unary("negate", u), unary("negate", v)));
    const apart = binary("subtract", smaller, binary("maximum", u, v));
    return binary("subtract", smaller, unary("softplus", apart));
  };
  const [yes, no] = [cost(p), unary("softplus", p)];
  const happens = least(
    q === undefined ? yes : binary("add", yes, cost(q)),
    r === undefined ? no : binary("add", no, cost(r)),
  );
  const yesNot = q === undefined ? null : binary("add", yes, unary("softplus", q));
  const noNot = r === undefined ? null : binary("add", no, unary("softplus", r));
  const misses = q === undefined ? noNot : r === undefined ? yesNot : least(yesNot, noNot);
  return binary("subtract", misses, happens);
}

/** The note where a value became a probability. */
function originOf(span: Span) {
  return { span, what: "a probability" };
}
