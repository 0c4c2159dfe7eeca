// The same steps on a longer or shorter axis of the same history: `clicks` as the first of `clicks + 1`.

import { call } from "../backends/typescript/lowering.ts";
import { type StepsRows, sizeOf } from "../graph/graph.ts";
import { historyOf, shiftedAxis } from "../graph/shifted-axes.ts";
import { invariant } from "../internal-error.ts";
import type { OpDefinition } from "./define-op.ts";
import { stepsOf } from "./repeat.op.ts";
import { noFlops } from "./support/flops.ts";
import * as onnx from "./support/onnx.ts";
import { filled, stepsByRow } from "./support/references.ts";
import { describeType, eachOf, f32, onlyInput, requireFloat } from "./support/shapes.ts";
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
import { unlessEmpty, zerosOut } from "./support/tfjs.ts";
import { count, flag, input, number, output } from "./support/typescript.ts";

export interface ResizeStepsAttributes {
  /** The axis of the result: of the same history as that of x. */
  readonly history: string;
  /** Which steps of each row stay where the other axis has fewer, and on which side they stand where it has more. */
  readonly keep: "first" | "last";
}

export const resizeSteps: OpDefinition<ResizeStepsAttributes> = {
  name: "resize_steps",
  doc: "x [..] with as many steps in each row as `history` has: the first or last ones (`keep`); what is missing is 0: steps [..].",
  shape: (inputs, { history }) => {
    const x = onlyInput("resize_steps", inputs);
    requireFloat("resize_steps", x);
    const rows = stepsOf(x);
    const same = historyOf(rows.history).history === historyOf(history).history;
    invariant(same, `resize_steps of ${describeType(x)} to ${history}`);
    return f32({ ...rows, history }, x.dims);
  },
  reference: ([x], { attributes: { keep }, inputs, output: out }, layout) => {
    const size = sizeOf(out.dims);
    const result = filled(out, layout);
    const from = stepsByRow(stepsOf(inputs[0]!), layout);
    stepsByRow(stepsOf(out), layout).forEach((steps, row) => {
      const own = from[row]!;
      const skipped = keep === "first" ? 0 : own.length - steps.length;
      steps.forEach((step, i) => {
        const source = own[i + skipped];
        if (source !== undefined) result.set(x!.subarray(source * size, (source + 1) * size), step * size);
      });
    });
    return result;
  },
  flops: noFlops,
  gradient: ({ graph, attributes: { keep }, inputs, gradient }) => [
    graph.add("resize_steps", [gradient], { history: stepsOf(inputs[0]!).history, keep }),
  ],
  lower: {
    onnx: (emit, [x], { attributes: { keep }, inputs: [type], output: out }) => {
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
    tensorflow: (emit, [x], { attributes: { keep }, inputs, output: out }) => {
      const [from, to] = [stepsOf(inputs[0]!), stepsOf(out)].map((rows) => {
        const lengths = stepLengths(emit, rows);
        return { rows, lengths, first: firstSteps(emit, lengths) };
      }) as [Axis, Axis];
      const segments = emit.segments(to.rows);
      const byStep = (x: Axis["first"]) => gatherIntegers(emit, x, segments);
      const end = ({ first, lengths }: Axis) => integers(emit, "AddV2", first, lengths);
      const ahead =
        keep === "first"
          ? integers(emit, "Sub", from.first, to.first)
          : integers(emit, "Sub", end(from), end(to));
      const source = integers(emit, "AddV2", range(emit, emit.count(to.rows)), byStep(ahead));
      const isMissing =
        keep === "first"
          ? integers(emit, "GreaterEqual", source, byStep(end(from)))
          : integers(emit, "Less", source, byStep(from.first));
      const places = selectIntegers(emit, isMissing, emit.count(from.rows), source);
      return gatherOrZeroNode(emit, x!, inputs[0]!.dims, places);
    },
    tfjs: unlessEmpty((context, [x]) => {
      if (x!.size === 0) return zerosOut(context);
      const { attributes, inputs, output: out } = context;
      const [from, to] = [stepPlaces(context, stepsOf(inputs[0]!)), stepPlaces(context, stepsOf(out))];
      const missing = from.segments.length;
      const sources = to.segments.map((row, step) => {
        const skipped = attributes.keep === "first" ? 0 : from.lengths[row]! - to.lengths[row]!;
        const place = step - to.first[row]! + skipped;
        return 0 <= place && place < from.lengths[row]! ? from.first[row]! + place : missing;
      });
      return gatherOrZero(context, x!, sources);
    }),
    typescript: ({ attributes: { keep }, inputs, output: out }) =>
      call(
        "resizeSteps",
        output,
        input(0),
        count(eachOf(stepsOf(out))),
        count(inputs[0]!.rows),
        count(out.rows),
        number(sizeOf(out.dims)),
        flag(keep === "last"),
      ),
  },
  samples: ({ steps }) => {
    const { history } = steps;
    const along = (by: number): StepsRows => ({ ...steps, history: shiftedAxis(history, by) });
    return (["first", "last"] as const).flatMap((keep) => [
      { attributes: { history: shiftedAxis(history, 1), keep }, inputs: [f32(steps, [3])] },
      { attributes: { history: shiftedAxis(history, -1), keep }, inputs: [f32(steps, [3])] },
      { attributes: { history, keep }, inputs: [f32(along(1), [2, 2])] },
      { attributes: { history, keep }, inputs: [f32(along(-2), [1])] },
    ]);
  },
};

interface Axis {
  readonly rows: StepsRows;
  readonly lengths: ReturnType<typeof stepLengths>;
  readonly first: ReturnType<typeof stepLengths>;
}
