// From one value to a list of copies of it.

import { call } from "../backends/typescript/lowering.ts";
import { ONCE, sizeOf } from "../graph/graph.ts";
import { invariant } from "../internal-error.ts";
import type { OpDefinition } from "./define-op.ts";
import { noFlops } from "./support/flops.ts";
import * as onnx from "./support/onnx.ts";
import { filled } from "./support/references.ts";
import { describeType, f32, onlyInput, requireFloat } from "./support/shapes.ts";
import { axisOf, FLOAT, INT, reshape } from "./support/tensorflow.ts";
import { tensorShape, unlessEmpty } from "./support/tfjs.ts";
import { count, input, number, output } from "./support/typescript.ts";

export interface SpreadAttributes {
  /** Length of the list. */
  readonly times: number;
}

export const spread: OpDefinition<SpreadAttributes> = {
  name: "spread",
  doc: "x [..] as each of the `times` items of a list: [times, ..].",
  shape: (inputs, { times }) => {
    const x = onlyInput("spread", inputs);
    requireFloat("spread", x);
    invariant(times >= 1 && x.dims.length > 0, `spread of ${describeType(x)}, ${times} times`);
    return f32(x.rows, [times, ...x.dims]);
  },
  reference: ([x], { attributes: { times }, inputs, output: out }, layout) => {
    const size = sizeOf(inputs[0]!.dims);
    return filled(out, layout).map((_, i) => x![Math.floor(i / (size * times)) * size + (i % size)]!);
  },
  flops: noFlops,
  gradient: ({ graph, gradient }) => [graph.add("sum_list", [gradient], {})],
  lower: {
    onnx: (emit, [x], { attributes: { times }, output: out }) => {
      const axis = axisOf(out, 0);
      const multiples = Array.from({ length: axis + out.dims.length }, (_, i) => (i === axis ? times : 1));
      return emit.node("Expand", [onnx.unsqueeze(emit, x!, axis), emit.ints(multiples)]);
    },
    tensorflow: (emit, [x], { attributes: { times }, inputs: [type], output: out }) => {
      const axis = axisOf(out, 0);
      const single = reshape(emit, x!, axis === 0 ? [1, ...type!.dims] : [-1, 1, ...type!.dims]);
      const multiples = Array.from({ length: axisOf(out, out.dims.length) }, (_, i) =>
        i === axis ? times : 1,
      );
      return emit.node("Tile", [single, emit.ints(multiples, [multiples.length])], {
        T: FLOAT,
        Tmultiples: INT,
      });
    },
    tfjs: unlessEmpty((context, [x]) => {
      const { tf, output: out } = context;
      return tf.broadcastTo(tf.expandDims(x!, axisOf(out, 0)), tensorShape(context, out));
    }),
    typescript: ({ attributes: { times }, inputs: [x], output: out }) =>
      call("repeatRows", output, input(0), count(out.rows), count(out.rows, times), number(sizeOf(x!.dims))),
  },
  samples: ({ each, steps }) =>
    [f32(each, [3]), f32(steps, [3]), f32(steps, [1]), f32(ONCE, [3]), f32(each, [2, 3])].map((x, i) => ({
      attributes: { times: i + 1 },
      inputs: [x],
    })),
};
