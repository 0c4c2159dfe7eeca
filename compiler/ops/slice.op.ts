// Part of a value.

import { call } from "../backends/typescript/lowering.ts";
import { ONCE } from "../graph/graph.ts";
import { invariant } from "../internal-error.ts";
import type { OpDefinition } from "./define-op.ts";
import { noFlops } from "./support/flops.ts";
import * as onnx from "./support/onnx.ts";
import { filled } from "./support/references.ts";
import { around, describeType, f32, onlyInput, requireFloat, withDim } from "./support/shapes.ts";
import { axisOf, FLOAT, INT } from "./support/tensorflow.ts";
import { tensorShape, unlessEmpty } from "./support/tfjs.ts";
import { count, input, number, output } from "./support/typescript.ts";

export interface SliceAttributes {
  readonly dim: number;
  /** The first place along `dim`, and the one after the last. */
  readonly from: number;
  readonly to: number;
}

export const slice: OpDefinition<SliceAttributes> = {
  name: "slice",
  doc: "The places `from` … `to` − 1 of x along `dim` of its dims.",
  shape: (inputs, { dim, from, to }) => {
    const x = onlyInput("slice", inputs);
    requireFloat("slice", x);
    const size = x.dims[dim];
    invariant(
      size !== undefined && 0 <= from && from < to && to <= size,
      `slice ${from} … ${to} along dim ${dim} of ${describeType(x)}`,
    );
    return f32(x.rows, withDim(x.dims, dim, to - from));
  },
  reference: ([x], { attributes: { dim, from }, inputs, output: out }, layout) => {
    const { after } = around(out.dims, dim);
    const width = out.dims[dim]! * after;
    const total = inputs[0]!.dims[dim]! * after;
    return filled(out, layout).map((_, i) => x![Math.floor(i / width) * total + from * after + (i % width)]!);
  },
  flops: noFlops,
  gradient: ({ graph, attributes: { dim, from, to }, inputs, gradient }) => [
    graph.add("pad", [gradient], { dim, before: from, after: inputs[0]!.dims[dim]! - to }),
  ],
  lower: {
    onnx: (emit, [x], { attributes: { dim, from, to }, output: out }) =>
      onnx.slice(emit, x!, axisOf(out, dim), emit.ints([from]), emit.ints([to])),
    tensorflow: (emit, [x], { attributes: { dim, from, to }, output: out }) => {
      const axis = axisOf(out, dim);
      const rank = axisOf(out, out.dims.length);
      const along = (chosen: number, other: number) =>
        Array.from({ length: rank }, (_, i) => (i === axis ? chosen : other));
      return emit.node(
        "Slice",
        [x!, emit.ints(along(from, 0), [rank]), emit.ints(along(to - from, -1), [rank])],
        {
          T: FLOAT,
          Index: INT,
        },
      );
    },
    tfjs: unlessEmpty((context, [x]) => {
      const shape = tensorShape(context, context.output);
      const axis = axisOf(context.output, context.attributes.dim);
      const begin = shape.map((_, i) => (i === axis ? context.attributes.from : 0));
      return context.tf.slice(x!, begin, shape);
    }),
    typescript: ({ attributes: { dim, from }, inputs, output: out }) => {
      const { before, after } = around(out.dims, dim);
      return call(
        "slice",
        output,
        input(0),
        count(out.rows, before),
        number(inputs[0]!.dims[dim]! * after),
        number(from * after),
        number(out.dims[dim]! * after),
      );
    },
  },
  samples: ({ each, steps }) => [
    { attributes: { dim: 0, from: 1, to: 4 }, inputs: [f32(steps, [5])] },
    { attributes: { dim: 0, from: 0, to: 5 }, inputs: [f32(each, [5])] },
    { attributes: { dim: 0, from: 1, to: 2 }, inputs: [f32(each, [3, 2])] },
    { attributes: { dim: 0, from: 1, to: 3 }, inputs: [f32(steps, [3, 2])] },
    { attributes: { dim: 1, from: 1, to: 3 }, inputs: [f32(each, [3, 4])] },
    { attributes: { dim: 0, from: 2, to: 6 }, inputs: [f32(ONCE, [8, 3])] },
  ],
};
