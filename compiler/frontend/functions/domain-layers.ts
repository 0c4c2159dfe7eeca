// Linear layers with weights for each value of a feature. One product computes the outputs of all values, and
// the row's own output is taken. The cost is a layer's cost times the number of values, which are few.

import { invariant } from "../../common/internal-error.ts";
import type { NodeId } from "../../middle/graph/graph.ts";
import { constantDim, constantOf, type Dim } from "../values/dims.ts";
import type { FunctionCall, Layer, TensorValue } from "../values/values.ts";
import type { Domain } from "./domain.ts";

/** x·W + b with the W and b of the row's value, or with those multiplied by and added to the shared ones. */
export function linearBy(
  call: FunctionCall,
  x: TensorValue,
  layer: Layer,
  to: Dim,
  { count, which }: Domain,
  weights: "own" | "shared",
): NodeId | null {
  const [from, width] = [constantOf(x.type.width), constantOf(to)];
  invariant(from !== null && width !== null, "features are seen where every width is a number");
  const glorot = () => ({ kind: "glorot_normal", fanIn: from, fanOut: width }) as const;
  const one = () => ({ kind: "constant", value: 1 }) as const;
  const zero = () => ({ kind: "zeros" }) as const;
  const all = [constantDim(from), constantDim(count * width)];
  const own = layer.parameter("kernels", all, weights === "own" ? glorot : one);
  // A vector, so the penalty on matrices ignores it.
  const biases = call.emit("reshape", [layer.parameter("biases", [constantDim(count * width)], zero)], {
    dims: [count, width],
  });
  const shared = weights === "own" ? null : layer.parameter("kernel", [constantDim(from), to], glorot);
  const kernels =
    weights === "own"
      ? own
      : call.emit("multiply", [own, call.emit("concat", new Array(count).fill(shared), { dim: 1 })], {});
  const outputs = call.emit("matmul", [x.node, kernels], { transpose: false });
  const each = call.emit("reshape", [outputs], { dims: [count, width] });
  const has = call.emit("reshape", [which], { dims: [count, 1] });
  const taken = call.emit("sum_list", [call.emit("multiply", [each, has], {})], {});
  const node = call.emit("add", [taken, call.emit("matmul", [which, biases], { transpose: false })], {});
  if (weights === "own") return node;
  return call.emit("add", [node, layer.parameter("bias", [to], zero)], {});
}
