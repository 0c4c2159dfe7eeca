// From a row to the last of its steps: the candidate at the end of a history.

import { call } from "../backends/typescript/lowering.ts";
import { sizeOf } from "../graph/graph.ts";
import { invariant } from "../internal-error.ts";
import type { OpDefinition } from "./define-op.ts";
import { stepsOf } from "./repeat.op.ts";
import { noFlops } from "./support/flops.ts";
import * as onnx from "./support/onnx.ts";
import { filled, stepsByRow } from "./support/references.ts";
import { describeType, f32, onlyInput, requireFloat } from "./support/shapes.ts";
import {
  firstSteps,
  gatherIntegers,
  integers,
  range,
  selectIntegers,
  stepLengths,
} from "./support/steps-tensorflow.ts";
import { gatherOrZero, stepPlaces } from "./support/steps-tfjs.ts";
import { gatherOrZero as gatherOrZeroNode } from "./support/tensorflow.ts";
import { unlessEmpty } from "./support/tfjs.ts";
import { count, input, number, output } from "./support/typescript.ts";

export interface PlaceLastAttributes {
  readonly history: string;
}

export const placeLast: OpDefinition<PlaceLastAttributes> = {
  name: "place_last",
  doc: "x [..] of each row at the last of its steps in `history`, 0 at all others: steps [..].",
  shape: (inputs, { history }) => {
    const x = onlyInput("place_last", inputs);
    requireFloat("place_last", x);
    invariant(x.rows.kind === "each", `place_last of ${describeType(x)}`);
    return f32({ kind: "steps", per: x.rows.per, history }, x.dims);
  },
  reference: ([x], { output: out }, layout) => {
    const size = sizeOf(out.dims);
    const result = filled(out, layout);
    stepsByRow(stepsOf(out), layout).forEach((steps, row) => {
      const last = steps.at(-1);
      if (last !== undefined) result.set(x!.subarray(row * size, (row + 1) * size), last * size);
    });
    return result;
  },
  flops: noFlops,
  gradient: ({ graph, gradient }) => [graph.add("last_step", [gradient], {})],
  lower: {
    onnx: (emit, [x], { output: out }) => {
      const rows = stepsOf(out);
      const view = onnx.stepView(emit, rows);
      const zeros = view.filled(0, emit.stepCount(rows), out.dims);
      const steps = onnx.concat(emit, [zeros, view.asStep(x!)], view.axis);
      return view.packed(onnx.slice(emit, steps, view.axis, emit.ints([1]), emit.ints([onnx.END])), out.dims);
    },
    tensorflow: (emit, [x], { inputs, output: out }) => {
      const rows = stepsOf(out);
      const lengths = stepLengths(emit, rows);
      const end = integers(emit, "AddV2", firstSteps(emit, lengths), lengths);
      const next = integers(emit, "AddV2", range(emit, emit.count(rows)), emit.ints([1], []));
      const segments = emit.segments(rows);
      const isLast = integers(emit, "Equal", next, gatherIntegers(emit, end, segments));
      const places = selectIntegers(emit, isLast, segments, emit.count(inputs[0]!.rows));
      return gatherOrZeroNode(emit, x!, out.dims, places);
    },
    tfjs: unlessEmpty((context, [x]) => {
      const { first, lengths, segments } = stepPlaces(context, stepsOf(context.output));
      const places = segments.map((row, step) =>
        step + 1 === first[row]! + lengths[row]! ? row : lengths.length,
      );
      return gatherOrZero(context, x!, places);
    }),
    typescript: ({ inputs, output: out }) =>
      call("placeLast", output, input(0), count(inputs[0]!.rows), count(out.rows), number(sizeOf(out.dims))),
  },
  samples: ({ each, steps: { history } }) =>
    [[1], [4], [2, 3]].map((dims) => ({ attributes: { history }, inputs: [f32(each, dims)] })),
};
