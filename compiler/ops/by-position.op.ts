// A vector for each position of a history: learned position embeddings.

import { call } from "../backends/typescript/lowering.ts";
import { ONCE, type Per, type StepsRows } from "../graph/graph.ts";
import { invariant } from "../internal-error.ts";
import type { OpDefinition } from "./define-op.ts";
import { stepsOf } from "./repeat.op.ts";
import { noFlops } from "./support/flops.ts";
import * as onnx from "./support/onnx.ts";
import { filled, stepsByRow } from "./support/references.ts";
import { describeType, eachOf, f32, onlyInput, requireFloat } from "./support/shapes.ts";
import { stepPositions } from "./support/steps-tensorflow.ts";
import { stepPlaces } from "./support/steps-tfjs.ts";
import { gather } from "./support/tensorflow.ts";
import { unlessEmpty } from "./support/tfjs.ts";
import { count, input, number, output } from "./support/typescript.ts";

export interface ByPositionAttributes {
  readonly history: string;
  readonly per: Per;
}

export const byPosition: OpDefinition<ByPositionAttributes> = {
  name: "by_position",
  doc: "For each step of `history` the row of p, once [n, width], at its position: 0 for the last step, 1 for the one before. No row has more than n steps: steps [width].",
  shape: (inputs, attributes) => {
    const p = onlyInput("by_position", inputs);
    requireFloat("by_position", p);
    invariant(p.rows.kind === "once" && p.dims.length === 2, `by_position of ${describeType(p)}`);
    return f32(positioned(attributes), p.dims.slice(1));
  },
  reference: ([p], { output: out }, layout) => {
    const [width] = out.dims as readonly [number];
    const result = filled(out, layout);
    for (const steps of stepsByRow(stepsOf(out), layout))
      steps.toReversed().forEach((step, position) => {
        result.set(p!.subarray(position * width, (position + 1) * width), step * width);
      });
    return result;
  },
  flops: noFlops,
  gradient: ({ graph, inputs, gradient }) => [
    graph.add("sum_by_position", [gradient], { length: inputs[0]!.dims[0]! }),
  ],
  lower: {
    onnx: (emit, [p], { output: out }) => {
      const rows = stepsOf(out);
      const view = onnx.stepView(emit, rows);
      const vectors = onnx.gather(emit, p!, onnx.positions(emit, rows));
      return view.packed(view.repeated(vectors, out.dims), out.dims);
    },
    tensorflow: (emit, [p], { output: out }) => gather(emit, p!, stepPositions(emit, stepsOf(out))),
    tfjs: unlessEmpty((context, [p]) => {
      const { first, lengths, segments } = stepPlaces(context, stepsOf(context.output));
      const positions = segments.map((row, step) => first[row]! + lengths[row]! - 1 - step);
      return context.tf.gather(p!, context.tf.tensor1d(positions, "int32"));
    }),
    typescript: ({ output: out }) =>
      call(
        "byPosition",
        output,
        input(0),
        count(eachOf(stepsOf(out))),
        count(out.rows),
        number(out.dims[0]!),
      ),
  },
  samples: ({ steps: { history, per } }) =>
    [1, 3].map((width) => ({ attributes: { history, per }, inputs: [f32(ONCE, [6, width])] })),
};

function positioned({ history, per }: ByPositionAttributes): StepsRows {
  return { kind: "steps", per, history };
}
