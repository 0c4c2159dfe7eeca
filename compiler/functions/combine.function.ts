// Functions that put vectors together: concat, dot.

import { commonAxis, commonWidth, type TensorActual } from "../model/arithmetic.ts";
import { addDims, constantDim } from "../model/dims.ts";
import { ERROR, isTensor, tensorValue, unionSources } from "../model/types.ts";
import { type Actual, defineFunction } from "./define-function.ts";

function tensors(actuals: readonly Actual[]): TensorActual[] {
  return actuals.flatMap(({ value, span }) => (isTensor(value) ? [{ value, span }] : []));
}

export const concat = defineFunction({
  name: "concat",
  doc: "`concat(a: Vec[n], b: Vec[m], …) -> Vec[n + m + …]` puts vectors side by side. With a Seq among them, the others are repeated along its axis.",
  parameters: [{ name: "parts", accepts: "vector", rest: true }],
  apply(call) {
    const parts = tensors(call.rest());
    const axis = commonAxis(call.walker, "`concat`", parts, call.span);
    if (axis === undefined) return ERROR;
    const aligned = parts.map((part) => call.walker.along(part.value, axis, call.span));
    const width = aligned.map((part) => part.type.width).reduce(addDims);
    const nodes = aligned.map((part) => part.node);
    const node = nodes.length === 1 ? nodes[0]! : call.emit("concat", nodes, { dim: 0 });
    const widthOrigin = { span: call.span, what: "the parts of this `concat` side by side" };
    return tensorValue({ axis, width }, { node, sources: unionSources(aligned), widthOrigin });
  },
});

export const dot = defineFunction({
  name: "dot",
  doc: "`dot(a: Vec[d], b: Vec[d]) -> Vec[1]` is the inner product, Σ aᵢ·bᵢ. With a Seq on one side or both: one for each step.",
  parameters: [
    { name: "a", accepts: "vector" },
    { name: "b", accepts: "vector" },
  ],
  apply(call) {
    const [a, b] = tensors([call.actual("a"), call.actual("b")]);
    if (a === undefined || b === undefined) return ERROR;
    const axis = commonAxis(call.walker, "`dot`", [a, b], call.span);
    if (axis === undefined || commonWidth(call.walker, "`dot`", a, b, call.span) === null) return ERROR;
    const aligned = [a, b].map((part) => call.walker.along(part.value, axis, call.span));
    const product = call.emit(
      "multiply",
      aligned.map((part) => part.node),
      {},
    );
    const node = call.emit("sum_width", [product], {});
    const widthOrigin = { span: call.span, what: "an inner product" };
    return tensorValue(
      { axis, width: constantDim(1) },
      { node, sources: unionSources(aligned), widthOrigin },
    );
  },
});
