// ONNX lowerings of ops on rows: candidates, examples, and sums over them.

import { perOf } from "../../../middle/graph/types.ts";
import { meetingOf } from "../../../middle/ops/dots.op.ts";
import type { OnnxLowerings } from "../lowering.ts";
import * as onnx from "../nodes.ts";

export const rows = {
  repeat_candidates: (emit, [x], { output: out }) => {
    if (out.rows.kind !== "steps") return onnx.expand(emit, x!, out);
    const view = onnx.stepView(emit, out.rows);
    return view.packed(view.repeated(x!, out.dims), out.dims);
  },
  sum_candidates: (emit, [x], { output: out }) => {
    if (out.rows.kind !== "steps") return onnx.reduce(emit, "ReduceSum", x!, 0, true);
    const view = onnx.stepView(emit, { ...out.rows, per: "candidate" });
    return onnx.reduce(emit, "ReduceSum", view.view(x!, out.dims), 0, false);
  },
  dots: (emit, [q, k], { inputs, output: out }) => {
    const { groups, queries, keys, width } = meetingOf(inputs);
    const byCandidate = () =>
      queries.kind === "each" ? onnx.unsqueeze(emit, q!, 1) : onnx.stepView(emit, queries).view(q!, [width]);
    const byGroup = perOf(groups) === "request" ? q! : byCandidate();
    const across = keys.kind === "steps" ? onnx.ints(1, 0) : onnx.ints(0, 2, 1);
    const product = emit.node("MatMul", [byGroup, emit.node("Transpose", [k!], { perm: across })]);
    return onnx.reshape(emit, product, out);
  },
  sum_rows: (emit, [x]) => onnx.reduce(emit, "ReduceSum", x!, 0, false),
  count_rows: (emit, _, { attributes }) => onnx.toFloat(emit, emit.count(attributes.rows)),
  batch_mean: (emit, [x, moving], { inputs }) => {
    const rows = onnx.toFloat(emit, emit.count(inputs[0]!.rows));
    const one = emit.floats([1], [1]);
    const sum = onnx.reduce(emit, "ReduceSum", x!, 0, false);
    const mean = emit.node("Div", [sum, emit.node("Max", [rows, one])]);
    return emit.node("Where", [emit.node("Less", [rows, one]), moving!, mean]);
  },
  broadcast_like: (emit, [x], { output: out }) => onnx.expand(emit, x!, out),
} satisfies Partial<OnnxLowerings>;
