// The state before each step of a recurrence, or what comes after it.

import { call } from "../backends/typescript/lowering.ts";
import { ONCE, sameRows, sizeOf, type TensorType } from "../graph/graph.ts";
import { invariant } from "../internal-error.ts";
import type { OpDefinition } from "./define-op.ts";
import { stepsOf } from "./repeat.op.ts";
import { noFlops } from "./support/flops.ts";
import { endOfSteps } from "./support/gradients.ts";
import * as onnx from "./support/onnx.ts";
import { filled } from "./support/references.ts";
import { describeType, eachOf, f32, inputsOf, requireFloat, sameDims } from "./support/shapes.ts";
import { FLOAT, gather, INT, reshape } from "./support/tensorflow.ts";
import { unlessEmpty } from "./support/tfjs.ts";
import { count, flag, input, number, output } from "./support/typescript.ts";

export interface ShiftStepsAttributes {
  /** Each step gets what stands after it, not what stands before. */
  readonly reverse: boolean;
}

export const shiftSteps: OpDefinition<ShiftStepsAttributes> = {
  name: "shift_steps",
  doc: "For each step of a row the x [..] of the step before it (with `reverse` of the one after it), and `end` [..], once or each, where there is none: steps [..].",
  shape: (inputs) => {
    const [x, end] = inputsOf("shift_steps", inputs, 2) as readonly [TensorType, TensorType];
    requireFloat("shift_steps", x, end);
    const fits = end.rows.kind === "once" || sameRows(end.rows, eachOf(stepsOf(x)));
    invariant(
      fits && sameDims(x.dims, end.dims),
      `shift_steps of ${describeType(x)} and ${describeType(end)}`,
    );
    return x;
  },
  reference: ([x, end], { attributes: { reverse }, inputs, output: out }, layout) => {
    const size = sizeOf(out.dims);
    const segments = layout.segments(stepsOf(out));
    const result = filled(out, layout);
    segments.forEach((row, step) => {
      const other = step + (reverse ? 1 : -1);
      const from = inputs[1]!.rows.kind === "once" ? 0 : row;
      const value =
        segments[other] === row
          ? x!.subarray(other * size, (other + 1) * size)
          : end!.subarray(from * size, (from + 1) * size);
      result.set(value, step * size);
    });
    return result;
  },
  flops: noFlops,
  gradient: ({ graph, attributes: { reverse }, inputs, gradient }) => {
    const zeros = graph.add("constant", [], { value: 0, dims: inputs[0]!.dims });
    return [
      graph.add("shift_steps", [gradient, zeros], { reverse: !reverse }),
      endOfSteps(graph, gradient, inputs[1]!, reverse),
    ];
  },
  lower: {
    onnx: (emit, [x, end], { attributes: { reverse }, inputs: [, endType], output: out }) => {
      const rows = stepsOf(out);
      const view = onnx.stepView(emit, rows);
      const steps = view.view(x!, out.dims);
      const outside = view.asStep(onnx.withRows(emit, end!, endType!, eachOf(rows)));
      const longer = onnx.concat(emit, reverse ? [steps, outside] : [outside, steps], view.axis);
      const [from, to] = reverse ? [1, onnx.END] : [0, -1];
      return view.packed(onnx.slice(emit, longer, view.axis, emit.ints([from!]), emit.ints([to!])), out.dims);
    },
    tensorflow: (emit, [x, end], { attributes: { reverse }, inputs, output: out }) => {
      const rows = stepsOf(out);
      const segments = emit.segments(rows);
      const byRow = inputs[1]!.rows.kind !== "once";
      // One tensor of the ends and x, and for each step where its value stands in it.
      const ends = byRow ? end! : reshape(emit, end!, [1, ...out.dims]);
      const endCount = byRow ? emit.count(eachOf(rows)) : emit.ints([1], []);
      const stacked = emit.node("ConcatV2", [ends, x!, emit.ints([0], [])], {
        N: { kind: "int", value: 2 },
        T: FLOAT,
        Tidx: INT,
      });
      const range = emit.node("Range", [emit.ints([0], []), emit.count(rows), emit.ints([1], [])], {
        Tidx: INT,
      });
      const add = (a: typeof range, b: typeof range) => emit.node("AddV2", [a, b], { T: INT });
      const other = add(add(range, endCount), emit.ints([reverse ? 1 : -1], []));
      const padded = emit.node(
        "PadV2",
        [segments, emit.ints(reverse ? [0, 1] : [1, 0], [1, 2]), emit.ints([-1], [])],
        { T: INT, Tpaddings: INT },
      );
      const size = emit.node("Reshape", [emit.count(rows), emit.ints([1], [1])], { T: INT, Tshape: INT });
      const neighbours = emit.node("Slice", [padded, emit.ints([reverse ? 1 : 0], [1]), size], {
        T: INT,
        Index: INT,
      });
      const isInside = emit.node("Equal", [neighbours, segments], { T: INT });
      const atEnd = byRow ? segments : emit.node("ZerosLike", [segments], { T: INT });
      return gather(emit, stacked, emit.node("SelectV2", [isInside, other, atEnd], { T: INT }));
    },
    tfjs: unlessEmpty((context, [x, end]) => {
      const { tf, attributes, inputs, output: out } = context;
      const segments = context.rowsOfSteps(stepsOf(out));
      const byRow = inputs[1]!.rows.kind !== "once";
      const ends = byRow ? end! : tf.expandDims(end!, 0);
      const places = segments.map((row, step) => {
        const other = step + (attributes.reverse ? 1 : -1);
        if (segments[other] === row) return ends.shape[0]! + other;
        return byRow ? row : 0;
      });
      return tf.gather(tf.concat([ends, x!], 0), tf.tensor1d(places, "int32"));
    }),
    typescript: ({ attributes, inputs, output: out }) =>
      call(
        "shiftSteps",
        output,
        input(0),
        input(1),
        count(eachOf(stepsOf(out))),
        count(out.rows),
        number(sizeOf(out.dims)),
        flag(inputs[1]!.rows.kind !== "once"),
        flag(attributes.reverse),
      ),
  },
  samples: ({ each, steps }) =>
    [false, true].flatMap((reverse) =>
      [
        [f32(steps, [3]), f32(ONCE, [3])],
        [f32(steps, [3]), f32(each, [3])],
        [f32(steps, [2, 3]), f32(each, [2, 3])],
      ].map((inputs) => ({ attributes: { reverse }, inputs })),
    ),
};
