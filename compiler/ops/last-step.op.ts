// The latest step of a history.

import { sizeOf } from "../graph/graph.ts";
import type { NoAttributes, OpDefinition } from "./define-op.ts";
import { stepsOf } from "./repeat.op.ts";
import { noFlops } from "./support/flops.ts";
import * as onnx from "./support/onnx.ts";
import { filled, stepsByRow } from "./support/references.ts";
import { eachOf, f32, onlyInput, requireFloat } from "./support/shapes.ts";
import { firstSteps, integers, selectIntegers, stepLengths } from "./support/steps-tensorflow.ts";
import { gatherOrZero, stepPlaces } from "./support/steps-tfjs.ts";
import { gatherOrZero as gatherOrZeroNode } from "./support/tensorflow.ts";
import { unlessEmpty, zerosOut } from "./support/tfjs.ts";
import { stepsCall } from "./support/typescript.ts";

export const lastStep: OpDefinition<NoAttributes> = {
  name: "last_step",
  doc: "x [..] of the last step of each row: each [..]; 0 where a history is empty.",
  shape: (inputs) => {
    const x = onlyInput("last_step", inputs);
    requireFloat("last_step", x);
    return f32(eachOf(stepsOf(x)), x.dims);
  },
  reference: ([x], { inputs, output: out }, layout) => {
    const size = sizeOf(out.dims);
    const result = filled(out, layout);
    stepsByRow(stepsOf(inputs[0]!), layout).forEach((steps, row) => {
      const last = steps.at(-1);
      if (last !== undefined) result.set(x!.subarray(last * size, (last + 1) * size), row * size);
    });
    return result;
  },
  flops: noFlops,
  gradient: ({ graph, inputs, gradient }) => [
    graph.add("place_last", [gradient], { history: stepsOf(inputs[0]!).history }),
  ],
  lower: {
    onnx: (emit, [x], { inputs: [type] }) => {
      const view = onnx.stepView(emit, stepsOf(type!));
      const zero = view.filled(0, emit.ints([1]), type!.dims);
      const steps = onnx.concat(emit, [zero, view.view(x!, type!.dims)], view.axis);
      const last = emit.node("Slice", [
        steps,
        emit.ints([-1]),
        emit.ints([onnx.END]),
        emit.ints([view.axis]),
      ]);
      return view.packed(last, type!.dims);
    },
    tensorflow: (emit, [x], { inputs }) => {
      const rows = stepsOf(inputs[0]!);
      const lengths = stepLengths(emit, rows);
      const end = integers(emit, "AddV2", firstSteps(emit, lengths), lengths);
      const last = selectIntegers(
        emit,
        integers(emit, "Less", emit.ints([0], []), lengths),
        integers(emit, "Sub", end, emit.ints([1], [])),
        emit.count(rows),
      );
      return gatherOrZeroNode(emit, x!, inputs[0]!.dims, last);
    },
    tfjs: unlessEmpty((context, [x]) => {
      if (x!.size === 0) return zerosOut(context);
      const { first, lengths, segments } = stepPlaces(context, stepsOf(context.inputs[0]!));
      const last = lengths.map((length, row) => (length === 0 ? segments.length : first[row]! + length - 1));
      return gatherOrZero(context, x!, last);
    }),
    typescript: ({ inputs }) => stepsCall("lastStep", inputs[0]!),
  },
  samples: ({ steps }) => [[1], [4], [2, 3]].map((dims) => ({ attributes: {}, inputs: [f32(steps, dims)] })),
};
