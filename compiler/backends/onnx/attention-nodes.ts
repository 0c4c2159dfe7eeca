// Attention as nodes of an ONNX graph: [rows, heads, positions, width of a head]. All histories of one name
// have the same length, so there is no padding.

import type { AttentionAttributes } from "../../middle/graph/attributes.ts";
import type { OpContext } from "../../middle/graph/define-op.ts";
import type { TensorType } from "../../middle/graph/types.ts";
import { attentionInputs, type InputIndices } from "../../middle/ops/support/attention.ts";
import { LOWEST } from "../../middle/ops/support/references.ts";
import type { OnnxEmitter, OnnxRef } from "./lowering.ts";
import { ints, range, reshape, scalar, stepView, unsqueeze } from "./nodes.ts";

/** Queries, keys and values by head, and the softmax weight of each pair. */
export interface OnnxHeads {
  readonly q: OnnxRef;
  readonly k: OnnxRef;
  readonly v: OnnxRef;
  /** [rows, heads, queries, keys] */
  readonly weights: OnnxRef;
  readonly scale: OnnxRef;
  split(x: OnnxRef, type: TensorType): OnnxRef;
  /** Joins the heads to a value of `type`. */
  join(x: OnnxRef, type: TensorType): OnnxRef;
}

export function heads(
  emit: OnnxEmitter,
  [q, k, v]: readonly OnnxRef[],
  { attributes, inputs }: OpContext<AttentionAttributes>,
): OnnxHeads {
  const [queries, keys, values] = inputs as readonly [TensorType, TensorType, TensorType];
  const { keys: places } = attentionInputs("attention", inputs, attributes);
  const split = (x: OnnxRef, type: TensorType) => {
    const width = type.dims.at(-1)!;
    const parts = emit.node("Reshape", [
      byRow(emit, x, type),
      emit.ints([0, 0, attributes.heads, width / attributes.heads]),
    ]);
    return emit.node("Transpose", [parts], { perm: ints(0, 2, 1, 3) });
  };
  const [left, right] = [split(q!, queries), split(k!, keys)];
  const scale = scalar(emit, attributes.scale);
  const turned = emit.node("Transpose", [right], { perm: ints(0, 1, 3, 2) });
  const scores = emit.node("Mul", [emit.node("MatMul", [left, turned]), scale]);
  const seen = attributes.causal
    ? emit.node("Where", [upTo(emit, places), scores, scalar(emit, LOWEST)])
    : scores;
  return {
    q: left,
    k: right,
    v: split(v!, values),
    weights: emit.node("Softmax", [seen]),
    scale,
    split,
    join: (x, type) => reshape(emit, emit.node("Transpose", [x], { perm: ints(0, 2, 1, 3) }), type),
  };
}

/** As [rows, positions, width]. */
function byRow(emit: OnnxEmitter, x: OnnxRef, { rows, dims }: TensorType): OnnxRef {
  if (dims.length === 2) return rows.kind === "once" ? unsqueeze(emit, x, 0) : x;
  if (rows.kind === "steps" && rows.per === "candidate") return stepView(emit, rows).view(x, dims);
  return unsqueeze(emit, x, 0);
}

/** bool [queries, keys]: whether a key's position is at most the query's. */
function upTo(emit: OnnxEmitter, { at }: InputIndices): OnnxRef {
  const length = at.kind === "list" ? emit.ints([at.length]) : emit.stepCount(at.rows);
  const places = range(emit, length);
  return emit.node("LessOrEqual", [places, unsqueeze(emit, places, 1)]);
}
