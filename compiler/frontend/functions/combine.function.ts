// Functions that combine vectors: concat, dot.

import { defineFunction } from "../values/define-function.ts";
import { addDims, constantDim, constantOf } from "../values/dims.ts";
import { alongJoined, joinAxes } from "../values/leading-axes.ts";
import { isOnce } from "../values/rows.ts";
import { ERROR, isTensor, tensorValue, unionSources } from "../values/types.ts";
import type { ArgumentValue, FunctionCall, TensorArgument, TensorValue } from "../values/values.ts";
import { commonWidth } from "../values/widths.ts";

function tensors(argumentValues: readonly ArgumentValue[]): TensorArgument[] {
  return argumentValues.flatMap(({ value, span }) => (isTensor(value) ? [{ value, span }] : []));
}

export const concat = defineFunction({
  name: "concat",
  doc: "`concat(a: Vec[n], b: Vec[m], …) -> Vec[n + m + …]` puts vectors side by side. If one is a Seq, the others are repeated along it. A group of features stands for its features.",
  parameters: [{ name: "parts", accepts: "vector", rest: true, takesGroups: true }],
  apply(call) {
    const parts = tensors(call.rest());
    const joined = joinAxes(call.elaboration, "`concat`", parts, call.span);
    if (joined === null) return ERROR;
    const aligned = parts.map((part) => alongJoined(call.elaboration, part.value, joined, call.span));
    const width = aligned.map((part) => part.type.width).reduce(addDims);
    const nodes = aligned.map((part) => part.node);
    const dim = (joined.visible.list ?? joined.outerAxes.list) === null ? 0 : 1;
    const node = nodes.length === 1 ? nodes[0]! : call.emit("concat", nodes, { dim });
    const widthOrigin = { span: call.span, what: "the parts of this `concat` side by side" };
    const { visible, outerAxes } = joined;
    return tensorValue(
      { ...visible, width },
      { node, sources: unionSources(aligned), outerAxes, widthOrigin },
    );
  },
});

export const dot = defineFunction({
  name: "dot",
  doc: "`dot(a: Vec[d], b: Vec[d]) -> Vec[1]` is the inner product, Σ aᵢ·bᵢ. With a Seq on one side or both: one for each step or element.",
  parameters: [
    { name: "a", accepts: "vector" },
    { name: "b", accepts: "vector" },
  ],
  apply(call) {
    const [a, b] = tensors([call.argument("a"), call.argument("b")]);
    if (a === undefined || b === undefined) return ERROR;
    const joined = joinAxes(call.elaboration, "`dot`", [a, b], call.span);
    if (joined === null || commonWidth(call.elaboration, "`dot`", a, b, call.span) === null) return ERROR;
    const widthOrigin = { span: call.span, what: "an inner product" };
    const matrix = [
      [a.value, b.value],
      [b.value, a.value],
    ].find(([w, x]) => isMatrixFor(call, w!, x!));
    if (matrix !== undefined) {
      const [w, x] = matrix as [TensorValue, TensorValue];
      const columns = call.emit("transpose", [w.node], {});
      const product = call.emit("matmul", [x.node, columns], { transpose: false });
      const dims = [constantOf(w.type.list!) ?? 1, 1];
      return tensorValue(
        { ...joined.visible, width: constantDim(1) },
        {
          node: call.emit("reshape", [product], { dims }),
          sources: unionSources([w, x]),
          outerAxes: joined.outerAxes,
          widthOrigin,
        },
      );
    }
    const aligned = [a, b].map((part) => alongJoined(call.elaboration, part.value, joined, call.span));
    const product = call.emit(
      "multiply",
      aligned.map((part) => part.node),
      {},
    );
    const node = call.emit("sum_width", [product], {});
    return tensorValue(
      { ...joined.visible, width: constantDim(1) },
      { node, sources: unionSources(aligned), outerAxes: joined.outerAxes, widthOrigin },
    );
  },
});

/**
 * A learned list of vectors: its products with a vector of each row are one matrix product, which copies
 * neither.
 */
function isMatrixFor({ elaboration }: FunctionCall, w: TensorValue, x: TensorValue): boolean {
  const isLearned = w.type.list !== null && w.type.axis === null && isOnce(elaboration, w.node);
  return isLearned && x.type.list === null && x.outerAxes.list === null && !isOnce(elaboration, x.node);
}
