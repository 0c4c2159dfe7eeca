// The way back through position embeddings.

import { call } from "../backends/typescript/lowering.ts";
import { ONCE } from "../graph/graph.ts";
import { invariant } from "../internal-error.ts";
import type { OpDefinition } from "./define-op.ts";
import { stepsOf } from "./repeat.op.ts";
import { flopsOfReduction } from "./support/flops.ts";
import * as onnx from "./support/onnx.ts";
import { filled, stepsByRow } from "./support/references.ts";
import { describeType, eachOf, f32, onlyInput, requireFloat } from "./support/shapes.ts";
import { stepPositions } from "./support/steps-tensorflow.ts";
import { stepPlaces } from "./support/steps-tfjs.ts";
import { segmentReduce } from "./support/tensorflow.ts";
import { scatterSum, unlessEmpty, zerosOut } from "./support/tfjs.ts";
import { count, input, number, output } from "./support/typescript.ts";

export interface SumByPositionAttributes {
  /** How many positions there are: no row has more steps. */
  readonly length: number;
}

export const sumByPosition: OpDefinition<SumByPositionAttributes> = {
  name: "sum_by_position",
  doc: "Sum of x, steps [width], over all steps of each position, 0 being that of the last step: once [length, width].",
  shape: (inputs, { length }) => {
    const x = onlyInput("sum_by_position", inputs);
    requireFloat("sum_by_position", x);
    invariant(x.rows.kind === "steps" && x.dims.length === 1, `sum_by_position of ${describeType(x)}`);
    return f32(ONCE, [length, ...x.dims]);
  },
  reference: ([x], { inputs, output: out }, layout) => {
    const width = out.dims[1]!;
    const sums = filled(out, layout);
    for (const steps of stepsByRow(stepsOf(inputs[0]!), layout))
      steps.toReversed().forEach((step, position) => {
        for (let j = 0; j < width; j++)
          sums[position * width + j] = sums[position * width + j]! + x![step * width + j]!;
      });
    return sums;
  },
  joins: "sum",
  flops: flopsOfReduction,
  gradient: ({ graph, inputs, gradient }) => {
    const { history, per } = stepsOf(inputs[0]!);
    return [graph.add("by_position", [gradient], { history, per })];
  },
  lower: {
    onnx: (emit, [x], { attributes: { length }, inputs: [type], output: out }) => {
      const rows = stepsOf(type!);
      const byRow = onnx.stepView(emit, rows).view(x!, type!.dims);
      const sums = rows.per === "request" ? byRow : onnx.reduce(emit, "ReduceSum", byRow, 0, false);
      const positioned = onnx.gather(emit, sums, onnx.positions(emit, rows));
      const beyond = onnx.concat(emit, [positioned, onnx.filled(emit, 0, out)], 0);
      return onnx.slice(emit, beyond, 0, emit.ints([0]), emit.ints([length]));
    },
    tensorflow: (emit, [x], { attributes: { length }, inputs }) => {
      const positions = stepPositions(emit, stepsOf(inputs[0]!));
      return segmentReduce(emit, "UnsortedSegmentSum", x!, positions, emit.ints([length], []));
    },
    tfjs: unlessEmpty((context, [x]) => {
      if (x!.size === 0) return zerosOut(context);
      const { first, lengths, segments } = stepPlaces(context, stepsOf(context.inputs[0]!));
      const positions = segments.map((row, step) => first[row]! + lengths[row]! - 1 - step);
      return scatterSum(context, x!, context.tf.tensor1d(positions, "int32"), context.output.dims);
    }),
    typescript: ({ attributes: { length }, inputs: [x] }) =>
      call(
        "sumByPosition",
        output,
        input(0),
        count(eachOf(stepsOf(x!))),
        count(x!.rows),
        number(length),
        number(x!.dims[0]!),
      ),
  },
  samples: ({ steps }) =>
    [1, 3].map((width) => ({ attributes: { length: 6 }, inputs: [f32(steps, [width])] })),
};
