// ONNX lowerings of ops on lists, which are the first of a value's dims.

import { itemsByIndex } from "../../../middle/ops/scatter-list.op.ts";
import { axisOf } from "../../../middle/ops/support/shapes.ts";
import type { OnnxLowerings } from "../lowering.ts";
import * as onnx from "../nodes.ts";

export const lists = {
  broadcast_list: (emit, [x], { attributes: { times }, output: out }) => {
    const axis = axisOf(out, 0);
    const multiples = Array.from({ length: axis + out.dims.length }, (_, i) => (i === axis ? times : 1));
    return emit.node("Expand", [onnx.unsqueeze(emit, x!, axis), emit.ints(multiples)]);
  },
  sum_list: (emit, [x], { output: out }) => onnx.reduce(emit, "ReduceSum", x!, axisOf(out, 0), false),
  max_list: (emit, [x], { output: out }) => onnx.reduce(emit, "ReduceMax", x!, axisOf(out, 0), false),
  softmax_list: (emit, [x], { output: out }) =>
    emit.node("Softmax", [x!], { axis: onnx.int(axisOf(out, 0)) }),
  gather_list: (emit, [x], { attributes: { indices }, output: out }) =>
    onnx.gather(emit, x!, emit.ints(indices), axisOf(out, 0)),
  scatter_list: (emit, [x], { attributes, output: out }) => {
    const axis = axisOf(out, 0);
    const { places, depth } = itemsByIndex(attributes);
    const ends = Array.from({ length: 2 * axisOf(out, out.dims.length) }, (_, i) =>
      i === axis + axisOf(out, out.dims.length) ? 1 : 0,
    );
    const withZero = emit.node("Pad", [x!, emit.ints(ends), onnx.scalar(emit, 0)]);
    const gathered = onnx.gather(emit, withZero, emit.ints(places), axis);
    const dims = [attributes.length, depth, ...out.dims.slice(1)];
    return onnx.reduce(emit, "ReduceSum", onnx.reshape(emit, gathered, { ...out, dims }), axis + 1, false);
  },
  transpose: (emit, [x], { output: out }) =>
    emit.node("Transpose", [x!], { perm: onnx.ints(...(out.rows.kind === "once" ? [1, 0] : [0, 2, 1])) }),
} satisfies Partial<OnnxLowerings>;
