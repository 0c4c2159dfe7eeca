// Means and variances over the rows of a batch, with the moving averages that replace them at inference.

import { badMomentum } from "../../diagnostics/catalog/training.ts";
import type { Fix } from "../../diagnostics/diagnostic.ts";
import type { BatchAverage } from "../../middle/graph/attributes.ts";
import type { NodeId } from "../../middle/graph/graph.ts";
import { USUAL_MOMENTUM } from "../../middle/programs/moving-averages.ts";
import { quoteExpression } from "../syntax/constants.ts";
import { constantOf } from "../values/dims.ts";
import { isOnce } from "../values/rows.ts";
import { numberOf, plainValue, printType } from "../values/types.ts";
import type { FunctionCall, FunctionParameter, Layer, TensorValue } from "../values/values.ts";

/** A number below it is most likely PyTorch's, and an average of fewer than two batches is useless. */
const LEAST_MOMENTUM = 0.5;

/** The share of the moving averages that each batch keeps; optional. */
export const MOMENTUM: FunctionParameter = {
  name: "momentum",
  accepts: "any",
  default: () => plainValue({ kind: "float", value: USUAL_MOMENTUM }),
  isNamed: true,
};

/** Null if the argument is invalid, which is reported. */
export function momentumOf(call: FunctionCall): number | null {
  const { value, span } = call.argument("momentum");
  const { type } = value;
  const isNumber = type.kind === "int" || type.kind === "float";
  // In a block that is checked for all numbers, the number is not known yet.
  const momentum = isNumber ? (numberOf(type) ?? USUAL_MOMENTUM) : Number.NaN;
  if (momentum >= LEAST_MOMENTUM && momentum < 1) return momentum;
  const got = isNumber ? quoteExpression({ span }) : printType(type);
  const isOther = momentum > 0 && momentum < LEAST_MOMENTUM;
  const kept = isOther ? Number((1 - momentum).toPrecision(6)) : null;
  const fixes: Fix[] =
    kept === null
      ? []
      : [{ title: `write \`${kept}\``, isGuess: true, edits: [{ span, text: String(kept) }] }];
  call.elaboration.report(badMomentum, { callee: call.name, got, kept }, span, { fixes });
  return null;
}

/**
 * The mean of `node` over the batch, and over the elements if x is a list: once [d]. `node` has x's shape.
 */
function batchMean(
  call: FunctionCall,
  x: TensorValue,
  node: NodeId | null,
  moving: NodeId | null,
  { of, momentum }: Omit<BatchAverage, "times">,
): NodeId | null {
  const list = x.type.list ?? x.outerAxes.list;
  const times = list === null ? 1 : (constantOf(list) ?? 1);
  const summed = list === null ? node : call.emit("sum_list", [node], {});
  const each = list === null ? node : call.emit("divide", [summed, call.constant(times)], {});
  // The mean of a value that is the same in all rows.
  if (isOnce(call.elaboration, node)) return each;
  return call.emit("batch_mean", [each, moving], { average: { of, momentum, times } });
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
  momentum: number,
): { readonly centred: NodeId | null; readonly deviation: NodeId | null } {
  const { width } = x.type;
  const movingMean = layer.parameter("mean", [width], () => ({ kind: "zeros" }), "statistic");
  const one = () => ({ kind: "constant", value: 1 }) as const;
  const movingVariance = layer.parameter("variance", [width], one, "statistic");
  const mean = batchMean(call, x, x.node, movingMean, { of: "mean", momentum });
  const centred = call.emit("subtract", [x.node, call.forEach(x, mean)], {});
  const squared = call.emit("multiply", [centred, centred], {});
  const variance = batchMean(call, x, squared, movingVariance, { of: "variance", momentum });
  const deviation = call.emit("sqrt", [call.emit("add", [variance, call.constant(epsilon)], {})], {});
  return { centred, deviation };
}
