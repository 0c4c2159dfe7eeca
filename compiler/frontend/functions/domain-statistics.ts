// Means and variances for each value of a feature: `batch_norm(x, per: domain)`. The sum of a value is the
// mean over the batch of numbers times the row's one-hot vector. The moving averages are such sums too, as
// for a batch in which each value has an equal share.

import { invariant } from "../../common/internal-error.ts";
import type { BatchAverage } from "../../middle/graph/attributes.ts";
import type { NodeId } from "../../middle/graph/graph.ts";
import { LEAST_SHARE } from "../../middle/programs/moving-averages.ts";
import { constantDim, constantOf } from "../values/dims.ts";
import type { FunctionCall, TensorValue } from "../values/values.ts";
import type { Domain } from "./domain.ts";

/** γ·(x − E)/√(Var + epsilon) + β with the values of the row's domain. */
export function normalizedBy(
  call: FunctionCall,
  x: TensorValue,
  { count, which }: Domain,
  epsilon: number,
  momentum: number,
): NodeId | null {
  const layer = call.layer();
  const width = constantOf(x.type.width);
  invariant(width !== null, "features are seen where every width is a number");
  const constant = (value: number) => () => ({ kind: "constant", value }) as const;
  // Vectors, so the penalty on the matrices of layers ignores them.
  const learned = (name: string, value: number) => {
    const all = layer.parameter(name, [constantDim(count * width)], constant(value));
    return call.emit("reshape", [all], { dims: [count, width] });
  };
  const moving = (name: string, size: number, value: number) =>
    layer.parameter(name, [constantDim(size)], constant(value), "statistic");
  const has = call.emit("reshape", [which], { dims: [count, 1] });
  /** The mean over the batch of x at the row's own value and 0 at all other values: once [count, width]. */
  const shares = (of: BatchAverage["of"], value: number, numbers: NodeId | null) => {
    const spread = call.emit("broadcast_list", [numbers], { times: count });
    const own = call.emit("reshape", [call.emit("multiply", [spread, has], {})], { dims: [count * width] });
    const average = { of, momentum, times: 1 };
    const mean = call.emit("batch_mean", [own, moving(of, count * width, value), have, share], { average });
    return call.emit("reshape", [mean], { dims: [count, width] });
  };
  const equal = 1 / count;
  const share = moving("share", count, equal);
  // It has no average of its own, because averages of sums are divided by it.
  const have = call.emit("batch_mean", [which, share], { average: null });
  const divisor = call.emit("reshape", [call.emit("maximum", [have, call.constant(LEAST_SHARE)], {})], {
    dims: [count, 1],
  });
  const ofRow = (matrix: NodeId | null) => call.emit("matmul", [which, matrix], { transpose: false });
  const means = call.emit("divide", [shares("mean", 0, x.node), divisor], {});
  const centred = call.emit("subtract", [x.node, ofRow(means)], {});
  const squares = call.emit("multiply", [centred, centred], {});
  const variances = call.emit("divide", [shares("variance", equal, squares), divisor], {});
  const deviations = call.emit(
    "sqrt",
    [call.emit("add", [variances, call.emit("constant", [], { value: epsilon, dims: [count, 1] })], {})],
    {},
  );
  const scale = call.emit("divide", [learned("gamma", 1), deviations], {});
  const scaled = call.emit("multiply", [centred, ofRow(scale)], {});
  return call.emit("add", [scaled, ofRow(learned("beta", 0))], {});
}
