// ONNX lowerings of ops on widths: matrix products, concatenation and slices.

import { isMatrix } from "../../../middle/ops/matmul.op.ts";
import { paddingsOf } from "../../../middle/ops/pad.op.ts";
import { axisOf, splitLast } from "../../../middle/ops/support/shapes.ts";
import type { OnnxLowerings } from "../lowering.ts";
import * as onnx from "../nodes.ts";

export const widths = {
  matmul: (emit, [x, w], { attributes, inputs, output: out }) => {
    const weights = attributes.transpose ? emit.node("Transpose", [w!]) : w!;
    if (isMatrix(inputs[0]!)) return emit.node("MatMul", [x!, weights]);
    // Reshapes to a matrix too, because onnxruntime 1.30 merges a transpose into the product, which then
    // fails for lists.
    const matrix = emit.node("Reshape", [x!, emit.ints([-1, splitLast(inputs[0]!.dims).last])]);
    return onnx.reshape(emit, emit.node("MatMul", [matrix, weights]), out);
  },
  contract_rows: (emit, [x, y], { inputs }) => {
    const [left, right] = [x!, y!].map((value, i) =>
      emit.node("Reshape", [value, emit.ints([-1, splitLast(inputs[i]!.dims).last])]),
    );
    return emit.node("MatMul", [emit.node("Transpose", [left!]), right!]);
  },
  concat: (emit, values, { attributes: { dim }, inputs, output: out }) => {
    const parts = values.map((value, i) => onnx.withRows(emit, value, inputs[i]!, out.rows));
    return parts.length === 1 ? parts[0]! : onnx.concat(emit, parts, axisOf(out, dim));
  },
  slice: (emit, [x], { attributes: { dim, from, to }, output: out }) =>
    onnx.slice(emit, x!, axisOf(out, dim), emit.ints([from]), emit.ints([to])),
  pad: (emit, [x], { attributes, output: out }) => {
    const paddings = paddingsOf(out, attributes);
    const ends = [...paddings.map(([before]) => before), ...paddings.map(([, after]) => after)];
    return emit.node("Pad", [x!, emit.ints(ends), onnx.scalar(emit, 0)]);
  },
  reshape: (emit, [x], { output: out }) => onnx.reshape(emit, x!, out),
  sum_width: (emit, [x], { output: out }) =>
    onnx.reduce(emit, "ReduceSum", x!, axisOf(out, out.dims.length - 1), true),
} satisfies Partial<OnnxLowerings>;
