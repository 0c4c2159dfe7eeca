// How ONNX computes ops on rows: candidates, examples, and sums over them.

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
