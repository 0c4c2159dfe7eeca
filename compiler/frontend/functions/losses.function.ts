// Functions for losses: cross-entropy of logits, and values to contrast the truth with.

import { truthOutOfRange } from "../../diagnostics/catalog/training.ts";
import type { NodeId } from "../../middle/graph/graph.ts";
import { inputOf } from "../../middle/programs/program.ts";
import { quoteExpression } from "../syntax/constants.ts";
import { defineFunction } from "../values/define-function.ts";
import { alongJoined, joinAxes, stacked } from "../values/leading-axes.ts";
import { isProbability } from "../values/probabilities.ts";
import { isOnce } from "../values/rows.ts";
import { ERROR, isTensor, numberOf, printType, tensorValue, unionSources } from "../values/types.ts";
import type { FunctionCall, TensorArgument, TensorValue, Value } from "../values/values.ts";
import { commonWidth } from "../values/widths.ts";
import { mixesInVain } from "./batch.function.ts";
import { isState } from "./scan-state.ts";

export const logLoss = defineFunction({
  name: "log_loss",
  doc: [
    "`log_loss(logits: Vec[d], truth: Vec[d]) -> Vec[d]` is the binary cross-entropy of σ(logits), softplus(z) − y·z in nats, number by",
    "number; of a `Prob` it is that of its logit. The truth is a label, a number from 0 to 1 or a vector of such. With a Seq on one",
    "side or both: for each step.",
  ].join("\n"),
  parameters: [
    { name: "logits", accepts: "any" },
    { name: "truth", accepts: "any" },
  ],
  apply(call) {
    const logits = logitsOf(call);
    if (logits === null) return ERROR;
    const { span } = call.argument("truth");
    const given = stacked(call.elaboration, call.argument("truth").value, span, "`log_loss`");
    if (given === null) return ERROR;
    const truth = { value: given, span };
    if (isTensor(truth.value)) return lossOfVectors(call, logits, { value: truth.value, span: truth.span });
    const { type } = truth.value;
    const number = numberOf(type);
    if ((type.kind !== "int" && type.kind !== "float") || (number !== null && (number < 0 || number > 1))) {
      const got = type.kind === "int" || type.kind === "float" ? quoteExpression(truth) : printType(type);
      call.elaboration.report(truthOutOfRange, { got }, truth.span);
      return ERROR;
    }
    const z = logits.value;
    return call.like(z, number === null ? null : lossOfNumber(call, z, number));
  },
});

/** −log σ(z) is softplus(−z), so the truths 0 and 1 need no difference of large numbers. */
function lossOfNumber(call: FunctionCall, z: TensorValue, truth: number): NodeId | null {
  if (truth === 1) return call.emit("softplus", [call.emit("negate", [z.node], {})], {});
  const unexplained = call.emit("softplus", [z.node], {});
  if (truth === 0) return unexplained;
  const explained = call.emit("multiply", [z.node, call.forEach(z, call.constant(truth))], {});
  return call.emit("subtract", [unexplained, explained], {});
}

/** The logit of a probability, and other vectors unchanged; null for anything else, which is reported. */
function logitsOf(call: FunctionCall): TensorArgument | null {
  const { value: given, span } = call.argument("logits");
  if (isProbability(given)) {
    const { type, sources, outerAxes, widthOrigin } = given;
    const axes = { axis: type.axis, list: type.list, width: type.width };
    return { value: tensorValue(axes, { node: given.logit, sources, outerAxes, widthOrigin }), span };
  }
  const value = call.elaboration.vector(given, "`log_loss`", "`logits` of `log_loss`", span);
  return value === null ? null : { value, span };
}

function lossOfVectors(call: FunctionCall, logits: TensorArgument, truth: TensorArgument): Value {
  const joined = joinAxes(call.elaboration, "`log_loss`", [logits, truth], call.span);
  const width = commonWidth(call.elaboration, "`log_loss`", logits, truth, call.span);
  if (joined === null || width === null) return ERROR;
  const [z, y] = [logits, truth].map(({ value }) => alongJoined(call.elaboration, value, joined, call.span));
  const explained = call.emit("multiply", [y!.node, z!.node], {});
  const node = call.emit("subtract", [call.emit("softplus", [z!.node], {}), explained], {});
  const { visible, outerAxes } = joined;
  return tensorValue(
    { ...visible, width: width.dim },
    { node, sources: unionSources([z!, y!]), outerAxes, widthOrigin: width.origin },
  );
}

export const shuffled = defineFunction({
  name: "shuffled",
  doc: [
    "`shuffled(x: Vec[d]) -> Vec[d]` has for each example the value of another one of the batch, and on a Seq for each step that",
    "of another step, of any example: what did not happen, but might have (DIEN's negatives; Zhou et al., AAAI 2019). The",
    "order is drawn again for each training step, so popular ids are drawn as often as they occur. Only within a `loss`.",
  ].join("\n"),
  parameters: [{ name: "x", accepts: "vector" }],
  apply(call) {
    const x = call.vector("x");
    if (mixesInVain(call)) return ERROR;
    if (isState(call, x)) return ERROR;
    const { name } = call.layer();
    if (x.node === null) return call.like(x, null);
    // All rows have the same value.
    if (isOnce(call.elaboration, x.node)) return x;
    const { rows } = call.elaboration.typeOf(x.node);
    const type = { rows, dims: [], dtype: "i32" } as const;
    const order = call.emit("input", [], inputOf({ kind: "permutation", of: name }, type));
    return call.like(x, call.emit("lookup", [x.node, order], {}));
  },
});
