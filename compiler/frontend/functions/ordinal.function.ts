// The probabilities of ordered classes from one score and its distance to learned thresholds.

import { wrongType } from "../../diagnostics/catalog/expressions.ts";
import type { NodeId } from "../../middle/graph/graph.ts";
import { defineFunction } from "../values/define-function.ts";
import { constantDim, constantOf } from "../values/dims.ts";
import { ERROR, printType, tensorValue } from "../values/types.ts";
import type { FunctionCall } from "../values/values.ts";

export const ordinal = defineFunction({
  name: "ordinal",
  doc: [
    "`ordinal(x: Vec[1], k: Int) -> Classes[k]` are the probabilities of k ordered classes, such as stars: the class is at most j with",
    "probability σ(θⱼ − x), where the k − 1 thresholds θ are learned and rise (McCullagh, 1980; OrdRec, Koren & Sill, RecSys 2011).",
    "They begin 1 apart, around 0.",
  ].join("\n"),
  parameters: [
    { name: "x", accepts: "vector" },
    { name: "k", accepts: "width" },
  ],
  apply(call) {
    const { span } = call.argument("x");
    const x = call.vector("x");
    const { axis, list, width } = x.type;
    const isOne = constantOf(width) === 1 && axis === null && list === null && x.outerAxes.list === null;
    if (!isOne) {
      const got = printType(x.type);
      call.elaboration.report(wrongType, { what: "`x` of `ordinal`", expected: "a Vec[1]", got }, span);
      return ERROR;
    }
    const k = constantOf(call.width("k"));
    const logits = k === null ? null : logitsOf(call, x.node, k);
    const { sources, outerAxes } = x;
    const origin = { span: call.argument("k").span, what: `these are ${k ?? "k"} classes` };
    return tensorValue(
      { width: call.width("k"), distribution: true },
      { node: sharesOf(call, logits, k), logit: logits, sources, outerAxes, widthOrigin: origin },
    );
  },
});

/**
 * log(σ(θⱼ − x) − σ(θⱼ₋₁ − x)) is log σ(θⱼ − x) + log σ(x − θⱼ₋₁) + log(1 − e^−(θⱼ − θⱼ₋₁)); no term cancels.
 */
function logitsOf(call: FunctionCall, x: NodeId | null, k: number): NodeId | null {
  const layer = call.layer();
  const one = constantDim(1);
  let threshold = layer.parameter("first", [one], () => ({ kind: "constant", value: (2 - k) / 2 }));
  // A threshold is softplus(gap) above the one before; 1 − e^−softplus(gap) is σ(gap).
  const gaps =
    k > 2
      ? layer.parameter("gaps", [constantDim(k - 2)], () => ({ kind: "constant", value: GAP_OF_ONE }))
      : null;
  const negated = (node: NodeId | null) => call.emit("negate", [node], {});
  const softplus = (node: NodeId | null) => call.emit("softplus", [node], {});
  const logits: (NodeId | null)[] = [];
  let above = call.emit("subtract", [threshold, x], {});
  logits.push(negated(softplus(negated(above))));
  for (let j = 0; j < k - 2; j++) {
    const gap = call.emit("slice", [gaps], { dim: 0, from: j, to: j + 1 });
    threshold = call.emit("add", [threshold, softplus(gap)], {});
    const next = call.emit("subtract", [threshold, x], {});
    const lost = call.emit("add", [softplus(negated(next)), softplus(above)], {});
    logits.push(negated(call.emit("add", [lost, softplus(negated(gap))], {})));
    above = next;
  }
  logits.push(negated(softplus(above)));
  return call.emit("concat", logits, { dim: 0 });
}

/** Its softplus is 1. */
const GAP_OF_ONE = Math.log(Math.E - 1);

function sharesOf(call: FunctionCall, logits: NodeId | null, k: number | null): NodeId | null {
  return k === null ? null : call.emit("exp", [logits], {});
}
