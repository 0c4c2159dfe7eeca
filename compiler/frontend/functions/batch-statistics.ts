// Means and variances over the rows of a batch, with the moving averages that replace them at inference.

import type { NodeId } from "../../middle/graph/graph.ts";
import { constantOf } from "../values/dims.ts";
import { isOnce } from "../values/rows.ts";
import type { FunctionCall, Layer, TensorValue } from "../values/values.ts";

/** The mean over the batch of `node`, which has x's shape, over the elements too where that is a list: once [d]. */
export function batchMean(
  call: FunctionCall,
  x: TensorValue,
  node: NodeId | null,
  moving: NodeId | null,
): NodeId | null {
  // The mean of rows that are all the same.
  if (isOnce(call.elaboration, node)) return overElements(call, x, node);
  return call.emit("batch_mean", [overElements(call, x, node), moving], {});
}

function overElements(call: FunctionCall, x: TensorValue, node: NodeId | null): NodeId | null {
  const list = x.type.list ?? x.outerAxes.list;
  if (list === null) return node;
  return call.emit("divide", [call.emit("sum_list", [node], {}), call.constant(constantOf(list) ?? 1)], {});
}

/**
 * x − E in x's shape, and √(Var + epsilon), once [d]. The layer's parameters `mean` and `variance` are the
 * moving averages.
 */
export function standardized(
  call: FunctionCall,
  x: TensorValue,
  layer: Layer,
  epsilon: number,
): { readonly centred: NodeId | null; readonly deviation: NodeId | null } {
  const { width } = x.type;
  const movingMean = layer.parameter("mean", [width], () => ({ kind: "zeros" }), "statistic");
  const one = () => ({ kind: "constant", value: 1 }) as const;
  const movingVariance = layer.parameter("variance", [width], one, "statistic");
  const mean = batchMean(call, x, x.node, movingMean);
  const centred = call.emit("subtract", [x.node, call.forEach(x, mean)], {});
  const squared = call.emit("multiply", [centred, centred], {});
  const variance = batchMean(call, x, squared, movingVariance);
  const deviation = call.emit("sqrt", [call.emit("add", [variance, call.constant(epsilon)], {})], {});
  return { centred, deviation };
}
