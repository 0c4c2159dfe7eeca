// Zeros around a value: the way back through a slice.

import { call } from "../backends/typescript/lowering.ts";
import { ONCE } from "../graph/graph.ts";
import { invariant } from "../internal-error.ts";
import type { OpDefinition } from "./define-op.ts";
import { noFlops } from "./support/flops.ts";
import * as onnx from "./support/onnx.ts";
import { filled } from "./support/references.ts";
import { around, describeType, f32, onlyInput, requireFloat, withDim } from "./support/shapes.ts";
import { axisOf, FLOAT, INT } from "./support/tensorflow.ts";
import { unlessEmpty } from "./support/tfjs.ts";
import { count, input, number, output } from "./support/typescript.ts";

export interface PadAttributes {
  readonly dim: number;
  /** How many zeros come before and after along `dim`. */
  readonly before: number;
  readonly after: number;
}

export const pad: OpDefinition<PadAttributes> = {
  name: "pad",
  doc: "x with `before` zeros before it and `after` zeros after it along `dim` of its dims.",
  shape: (inputs, { dim, before, after }) => {
    const x = onlyInput("pad", inputs);
    requireFloat("pad", x);
    const size = x.dims[dim];
    invariant(
      size !== undefined && before >= 0 && after >= 0,
      `pad ${before} and ${after} along dim ${dim} of ${describeType(x)}`,
    );
    return f32(x.rows, withDim(x.dims, dim, before + size + after));
  },
  reference: ([x], { attributes: { dim, before }, inputs, output: out }, layout) => {
    const { after: inner } = around(out.dims, dim);
    const width = inputs[0]!.dims[dim]! * inner;
    const total = out.dims[dim]! * inner;
    const result = filled(out, layout);
    x!.forEach((value, i) => {
      result[Math.floor(i / width) * total + before * inner + (i % width)] = value;
    });
    return result;
  },
  flops: noFlops,
  gradient: ({ graph, attributes: { dim, before }, inputs, gradient }) => [
    graph.add("slice", [gradient], { dim, from: before, to: before + inputs[0]!.dims[dim]! }),
  ],
  lower: {
    onnx: (emit, [x], { attributes, output: out }) => {
      const paddings = paddingsOf(out, attributes);
      const ends = [...paddings.map(([before]) => before), ...paddings.map(([, after]) => after)];
      return emit.node("Pad", [x!, emit.ints(ends), onnx.scalar(emit, 0)]);
    },
    tensorflow: (emit, [x], context) => {
      const paddings = paddingsOf(context.output, context.attributes);
      return emit.node("Pad", [x!, emit.ints(paddings.flat(), [paddings.length, 2])], {
        T: FLOAT,
        Tpaddings: INT,
      });
    },
    tfjs: unlessEmpty(({ tf, attributes, output: out }, [x]) => tf.pad(x!, paddingsOf(out, attributes))),
    typescript: ({ attributes: { dim, before, after }, inputs, output: out }) => {
      const lines = around(out.dims, dim);
      return call(
        "pad",
        output,
        input(0),
        count(out.rows, lines.before),
        number(before * lines.after),
        number(inputs[0]!.dims[dim]! * lines.after),
        number(after * lines.after),
      );
    },
  },
  samples: ({ each, steps }) => [
    { attributes: { dim: 0, before: 1, after: 2 }, inputs: [f32(steps, [3])] },
    { attributes: { dim: 0, before: 2, after: 1 }, inputs: [f32(steps, [2, 3])] },
    { attributes: { dim: 0, before: 0, after: 2 }, inputs: [f32(each, [2, 3])] },
    { attributes: { dim: 1, before: 2, after: 0 }, inputs: [f32(each, [2, 3])] },
    { attributes: { dim: 0, before: 1, after: 1 }, inputs: [f32(ONCE, [2, 3])] },
  ],
};

function paddingsOf(
  out: Parameters<typeof axisOf>[0],
  { dim, before, after }: PadAttributes,
): [number, number][] {
  const axis = axisOf(out, dim);
  return Array.from({ length: axisOf(out, out.dims.length) }, (_, i) =>
    i === axis ? [before, after] : [0, 0],
  );
}
