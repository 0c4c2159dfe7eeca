// ONNX lowerings of ops on vectors by position.

import { stepsOf } from "../../../middle/ops/repeat.op.ts";
import type { OnnxLowerings } from "../lowering.ts";
import * as onnx from "../nodes.ts";

export const positions = {
  gather_positions: (emit, [p], { output: out }) => {
    const rows = stepsOf(out);
    const view = onnx.stepView(emit, rows);
    const vectors = onnx.gather(emit, p!, onnx.positions(emit, rows));
    return view.packed(view.repeated(vectors, out.dims), out.dims);
  },
  scatter_positions: (emit, [x], { attributes: { length }, inputs: [type], output: out }) => {
    const rows = stepsOf(type!);
    const byRow = onnx.stepView(emit, rows).view(x!, type!.dims);
    const sums = rows.per === "request" ? byRow : onnx.reduce(emit, "ReduceSum", byRow, 0, false);
    const positioned = onnx.gather(emit, sums, onnx.positions(emit, rows));
    const beyond = onnx.concat(emit, [positioned, onnx.filled(emit, 0, out)], 0);
    return onnx.slice(emit, beyond, 0, emit.ints([0]), emit.ints([length]));
  },
} satisfies Partial<OnnxLowerings>;
