// ONNX lowerings of ops on the steps of a history.

import { stepRows } from "../../../middle/ops/count-steps.op.ts";
import { stepsOf } from "../../../middle/ops/repeat.op.ts";
import { LOWEST } from "../../../middle/ops/support/references.ts";
import { eachOf } from "../../../middle/ops/support/shapes.ts";
import type { OnnxLowerings } from "../lowering.ts";
import * as onnx from "../nodes.ts";

export const steps = {
  repeat: (emit, [x], { output: out }) => {
    const view = onnx.stepView(emit, stepsOf(out));
    return view.packed(view.repeated(view.asStep(x!), out.dims), out.dims);
  },
  sum_steps: (emit, [x], { inputs: [type] }) => {
    const view = onnx.stepView(emit, stepsOf(type!));
    return view.reduce("ReduceSum", view.view(x!, type!.dims));
  },
  max_steps: (emit, [x], { inputs: [type] }) => {
    const view = onnx.stepView(emit, stepsOf(type!));
    const least = view.filled(LOWEST, emit.ints([1]), type!.dims);
    const steps = onnx.concat(emit, [least, view.view(x!, type!.dims)], view.axis);
    return onnx.zeroIfLowest(emit, view.reduce("ReduceMax", steps));
  },
  softmax_steps: (emit, [x], { output: out }) => {
    const view = onnx.stepView(emit, stepsOf(out));
    const weights = emit.node("Softmax", [view.view(x!, out.dims)], { axis: onnx.int(view.axis) });
    return view.packed(weights, out.dims);
  },
  count_steps: (emit, _, { attributes, output: out }) =>
    onnx.expand(emit, onnx.toFloat(emit, emit.stepCount(stepRows(attributes))), out),
  shift_steps: (emit, [x, end], { attributes: { reverse }, inputs: [, endType], output: out }) => {
    const rows = stepsOf(out);
    const view = onnx.stepView(emit, rows);
    const steps = view.view(x!, out.dims);
    const outside = view.asStep(onnx.withRows(emit, end!, endType!, eachOf(rows)));
    const longer = onnx.concat(emit, reverse ? [steps, outside] : [outside, steps], view.axis);
    const [from, to] = reverse ? [1, onnx.END] : [0, -1];
    return view.packed(onnx.slice(emit, longer, view.axis, emit.ints([from!]), emit.ints([to!])), out.dims);
  },
  resize_steps: (emit, [x], { attributes: { keep }, inputs: [type], output: out }) => {
    const [from, to] = [emit.stepCount(stepsOf(type!)), emit.stepCount(stepsOf(out))];
    const view = onnx.stepView(emit, stepsOf(type!));
    const steps = view.view(x!, out.dims);
    const zeros = view.filled(0, to, out.dims);
    const ofBoth = onnx.concat(emit, keep === "first" ? [steps, zeros] : [zeros, steps], view.axis);
    const kept =
      keep === "first"
        ? onnx.slice(emit, ofBoth, view.axis, emit.ints([0]), to)
        : onnx.slice(emit, ofBoth, view.axis, from, emit.ints([onnx.END]));
    return view.packed(kept, out.dims);
  },
  last_step: (emit, [x], { inputs: [type] }) => {
    const view = onnx.stepView(emit, stepsOf(type!));
    const zero = view.filled(0, emit.ints([1]), type!.dims);
    const steps = onnx.concat(emit, [zero, view.view(x!, type!.dims)], view.axis);
    const last = emit.node("Slice", [steps, emit.ints([-1]), emit.ints([onnx.END]), emit.ints([view.axis])]);
    return view.packed(last, type!.dims);
  },
  scatter_last_step: (emit, [x], { output: out }) => {
    const rows = stepsOf(out);
    const view = onnx.stepView(emit, rows);
    const zeros = view.filled(0, emit.stepCount(rows), out.dims);
    const steps = onnx.concat(emit, [zeros, view.asStep(x!)], view.axis);
    return view.packed(onnx.slice(emit, steps, view.axis, emit.ints([1]), emit.ints([onnx.END])), out.dims);
  },
} satisfies Partial<OnnxLowerings>;
