// Probabilities along a Seq: that all events happen, or that any of them does, if they are independent.

import { wrongType } from "../../diagnostics/catalog/expressions.ts";
import type { NodeId } from "../../middle/graph/graph.ts";
import { defineFunction } from "../values/define-function.ts";
import { withoutInner } from "../values/leading-axes.ts";
import { isProbability } from "../values/probabilities.ts";
import { together } from "../values/together.ts";
import { ERROR, printType, tensorValue } from "../values/types.ts";
import type { FunctionCall, LanguageFunction, TensorValue, Value } from "../values/values.ts";
import { thereIn } from "./counted.ts";

export const any = along("any", true, [
  "`any(p: Seq[h, Prob]) -> Prob` is the probability that at least one of the events happens, 1 − Π(1 − p), if they are independent",
  "(as the paths of PDN; Li et al., SIGIR 2021): of the steps of a history, or of a list. Its logit is computed from theirs, so",
  "that it is exact where 1 − Π(1 − p) is rounded to 0 or 1. Of an empty history it is 0, with the logit −87.",
]);

export const all = along("all", false, [
  "`all(p: Seq[h, Prob]) -> Prob` is the probability that all of the events happen, Π p, if they are independent: of the steps of a",
  "history, or of a list. Its logit is computed from theirs, so that it is exact where Π p is rounded to 0 or 1. Of an empty",
  "history it is 1, with the logit 87.",
]);

function along(name: string, isAny: boolean, doc: readonly string[]): LanguageFunction {
  return defineFunction({
    name,
    doc: doc.join("\n"),
    parameters: [{ name: "p", accepts: "any" }],
    apply(call): Value {
      // All events happen if none is missing.
      const signed = (logit: NodeId | null) => (isAny ? logit : call.emit("negate", [logit], {}));
      const costs = costsOf(call, (logit) => call.emit("softplus", [signed(logit)], {}));
      if (costs === null) return ERROR;
      const logit = signed(logitOfAny(call, costs));
      const node = call.emit("sigmoid", [logit], {});
      const { sources, outerAxes } = costs;
      const widthOrigin = { span: call.span, what: "a probability" };
      return tensorValue(
        { ...costs.type, probability: true },
        { node, logit, sources, outerAxes, widthOrigin },
      );
    },
  });
}

/**
 * The sum of the cost of each probability, computed from its logit; null if they aren't probabilities, which
 * is reported.
 */
function costsOf(call: FunctionCall, costOf: (logit: NodeId | null) => NodeId | null): TensorValue | null {
  const { value, span } = call.argument("p");
  if (value.type.kind === "list" && value.type.elements?.some(isProbability) === true)
    if (value.type.elements.every(isProbability)) {
      const given = value.type.elements.map((each) => ({ value: each, span }));
      const met = together(call.elaboration, `\`${call.name}\``, given, call.span);
      const costs = met?.values.map(({ logit }) => costOf(logit)) ?? [];
      return met?.result(costs.reduce((sum, cost) => call.emit("add", [sum, cost], {}))) ?? null;
    }
  if (isProbability(value) && (value.type.axis !== null || value.type.list !== null)) {
    const { sources, outerAxes, type, widthOrigin } = value;
    const op = type.list === null ? "sum_steps" : "sum_list";
    const costs = costOf(value.logit);
    const list = type.list?.varying;
    const all =
      list === undefined
        ? costs
        : call.emit("choose", [thereIn(call, value, list), costs, call.forEach(value, call.constant(0))], {});
    const node = call.emit(op, [all], {});
    return tensorValue(
      { ...withoutInner(type), width: type.width },
      { node, sources, outerAxes, widthOrigin },
    );
  }
  const what = `\`p\` of \`${call.name}\``;
  call.elaboration.report(wrongType, { what, expected: "a Seq of Prob", got: printType(value.type) }, span);
  return null;
}

/** The smallest normal number of f32, with the logarithm −87.3. */
const LEAST = 2 ** -126;

/**
 * The logit of 1 − e⁻ˢ, log(eˢ − 1), for a sum s of 0 or more. Above 1 it is s + log(1 − e⁻ˢ), in which
 * nothing cancels. Below it is log s and the series of log((eˢ − 1) / s), s/2 + s²/24 − s⁴/2880 + s⁶/181440,
 * whose next term is 1e-7 at 1.
 */
function logitOfAny(call: FunctionCall, sum: TensorValue): NodeId | null {
  const number = (value: number) => call.forEach(sum, call.constant(value));
  const op = (
    name: "add" | "subtract" | "multiply" | "greater" | "maximum",
    x: NodeId | null,
    y: NodeId | null,
  ) => call.emit(name, [x, y], {});
  const one = number(1);
  const isLarge = op("greater", sum.node, one);
  const large = call.emit("choose", [isLarge, sum.node, one], {});
  const rest = op("subtract", one, call.emit("exp", [call.emit("negate", [large], {})], {}));
  const above = op("add", large, call.emit("log", [rest], {}));

  const small = op("maximum", call.emit("choose", [isLarge, one, sum.node], {}), number(LEAST));
  const square = op("multiply", small, small);
  const fourth = op("subtract", number(1 / 2880), op("multiply", square, number(1 / 181_440)));
  const second = op("subtract", number(1 / 24), op("multiply", square, fourth));
  const series = op("add", op("multiply", small, number(0.5)), op("multiply", square, second));
  const below = op("add", call.emit("log", [small], {}), series);
  return call.emit("choose", [isLarge, above, below], {});
}
