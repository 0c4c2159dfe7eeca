// All ops by name. To add one, write its file and a line here; tests/ops covers it then.

import type { OpName } from "../graph/attributes.ts";
import { definitionIn, type OpTable, type OpTrait } from "../graph/define-op.ts";
import { add } from "./add.op.ts";
import { attention } from "./attention.op.ts";
import { attentionGradient } from "./attention-gradient.op.ts";
import { batchMean } from "./batch-mean.op.ts";
import { broadcastLike } from "./broadcast-like.op.ts";
import { broadcastList } from "./broadcast-list.op.ts";
import { choose } from "./choose.op.ts";
import { concat } from "./concat.op.ts";
import { constant } from "./constant.op.ts";
import { contractRows } from "./contract-rows.op.ts";
import { cos } from "./cos.op.ts";
import { countElements } from "./count-elements.op.ts";
import { countRows } from "./count-rows.op.ts";
import { countSteps } from "./count-steps.op.ts";
import { divide } from "./divide.op.ts";
import { dots } from "./dots.op.ts";
import { dropout } from "./dropout.op.ts";
import { equal } from "./equal.op.ts";
import { exp } from "./exp.op.ts";
import { gatherList } from "./gather-list.op.ts";
import { gatherPositions } from "./gather-positions.op.ts";
import { gatherSteps } from "./gather-steps.op.ts";
import { greater } from "./greater.op.ts";
import { idNumber } from "./id-number.op.ts";
import { input } from "./input.op.ts";
import { lastStep } from "./last-step.op.ts";
import { log } from "./log.op.ts";
import { lookup } from "./lookup.op.ts";
import { lookupGradient } from "./lookup-gradient.op.ts";
import { matmul } from "./matmul.op.ts";
import { maxList } from "./max-list.op.ts";
import { maxSteps } from "./max-steps.op.ts";
import { maximum } from "./maximum.op.ts";
import { multiply } from "./multiply.op.ts";
import { negate } from "./negate.op.ts";
import { pad } from "./pad.op.ts";
import { parameter } from "./parameter.op.ts";
import { pooledLookup } from "./pooled-lookup.op.ts";
import { relu } from "./relu.op.ts";
import { repeat } from "./repeat.op.ts";
import { repeatCandidates } from "./repeat-candidates.op.ts";
import { reshape } from "./reshape.op.ts";
import { resizeSteps } from "./resize-steps.op.ts";
import { scanOver } from "./scan.op.ts";
import { scatterLastStep } from "./scatter-last-step.op.ts";
import { scatterList } from "./scatter-list.op.ts";
import { scatterPositions } from "./scatter-positions.op.ts";
import { scatterSteps } from "./scatter-steps.op.ts";
import { selectSteps } from "./select-steps.op.ts";
import { shiftSteps } from "./shift-steps.op.ts";
import { sigmoid } from "./sigmoid.op.ts";
import { sigmoidGradient } from "./sigmoid-gradient.op.ts";
import { sin } from "./sin.op.ts";
import { slice } from "./slice.op.ts";
import { softmaxList } from "./softmax-list.op.ts";
import { softmaxSteps } from "./softmax-steps.op.ts";
import { softplus } from "./softplus.op.ts";
import { sqrt } from "./sqrt.op.ts";
import { step } from "./step.op.ts";
import { stopGradient } from "./stop-gradient.op.ts";
import { subtract } from "./subtract.op.ts";
import { sumCandidates } from "./sum-candidates.op.ts";
import { sumList } from "./sum-list.op.ts";
import { sumRows } from "./sum-rows.op.ts";
import { sumSteps } from "./sum-steps.op.ts";
import { sumWidth } from "./sum-width.op.ts";
import { table } from "./table.op.ts";
import { tanh } from "./tanh.op.ts";
import { transpose } from "./transpose.op.ts";

export const ops: OpTable = {
  input,
  parameter,
  table,
  constant,
  id_number: idNumber,
  lookup,
  lookup_gradient: lookupGradient,
  pooled_lookup: pooledLookup,
  count_elements: countElements,
  repeat,
  sum_steps: sumSteps,
  max_steps: maxSteps,
  softmax_steps: softmaxSteps,
  count_steps: countSteps,
  shift_steps: shiftSteps,
  scan: scanOver(() => ops),
  resize_steps: resizeSteps,
  select_steps: selectSteps,
  gather_steps: gatherSteps,
  scatter_steps: scatterSteps,
  last_step: lastStep,
  scatter_last_step: scatterLastStep,
  gather_positions: gatherPositions,
  scatter_positions: scatterPositions,
  broadcast_list: broadcastList,
  sum_list: sumList,
  max_list: maxList,
  softmax_list: softmaxList,
  gather_list: gatherList,
  scatter_list: scatterList,
  transpose,
  attention,
  attention_gradient: attentionGradient,
  repeat_candidates: repeatCandidates,
  sum_candidates: sumCandidates,
  sum_rows: sumRows,
  count_rows: countRows,
  batch_mean: batchMean,
  broadcast_like: broadcastLike,
  dots,
  matmul,
  contract_rows: contractRows,
  concat,
  slice,
  pad,
  reshape,
  sum_width: sumWidth,
  add,
  subtract,
  multiply,
  divide,
  maximum,
  dropout,
  equal,
  greater,
  choose,
  negate,
  exp,
  log,
  sqrt,
  sin,
  cos,
  sigmoid,
  sigmoid_gradient: sigmoidGradient,
  tanh,
  relu,
  step,
  softplus,
  stop_gradient: stopGradient,
};

/**
 * The inputs whose numbers a node reads. Of the value that `broadcast_like` imitates only the type matters.
 */
export function operandsOf<T>({
  op,
  inputs,
}: {
  readonly op: OpName;
  readonly inputs: readonly T[];
}): readonly T[] {
  return op === "broadcast_like" ? inputs.slice(0, 1) : inputs;
}

/** Tells whether an op has a trait. */
export function hasTrait(op: OpName, trait: OpTrait): boolean {
  return definitionIn(ops, op)[trait] === true;
}

/** Tells whether an op works number by number. */
export function isElementwise(op: OpName): boolean {
  return hasTrait(op, "elementwise");
}
