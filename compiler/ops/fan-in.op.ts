// From candidates back to their request: the way back through `fan_out`.

import { call } from "../backends/typescript/lowering.ts";
import { sizeOf } from "../graph/graph.ts";
import type { NoAttributes, OpDefinition } from "./define-op.ts";
import { CANDIDATES, movedTo } from "./fan-out.op.ts";
import { flopsOfReduction } from "./support/flops.ts";
import * as onnx from "./support/onnx.ts";
import { filled } from "./support/references.ts";
import { f32, onlyInput } from "./support/shapes.ts";
import { FLOAT, INT, reshape, sum, vector } from "./support/tensorflow.ts";
import { tensorShape, unlessEmpty } from "./support/tfjs.ts";
import { count, input, number, output } from "./support/typescript.ts";

export const fanIn: OpDefinition<NoAttributes> = {
  name: "fan_in",
  doc: "Sum of x [..] over the candidates, row by row or step by step: the request's rows or steps [..].",
  shape: (inputs) => movedTo("fan_in", "candidate", "request", onlyInput("fan_in", inputs)),
  reference: ([x], { output }, layout) => {
    const out = filled(output, layout);
    x!.forEach((value, i) => {
      const at = i % out.length;
      out[at] = out[at]! + value;
    });
    return out;
  },
  flops: flopsOfReduction,
  gradient: ({ graph, gradient }) => [graph.add("fan_out", [gradient], {})],
  lower: {
    onnx: (emit, [x], { output: out }) => {
      if (out.rows.kind !== "steps") return onnx.reduce(emit, "ReduceSum", x!, 0, true);
      const view = onnx.stepView(emit, { ...out.rows, per: "candidate" });
      return onnx.reduce(emit, "ReduceSum", view.view(x!, out.dims), 0, false);
    },
    tensorflow: (emit, [x], { output: out }) => {
      const size = sizeOf(out.dims);
      const shape = vector(emit, emit.count(CANDIDATES), [-1, size]);
      const byCandidate = emit.node("Reshape", [x!, shape], { T: FLOAT, Tshape: INT });
      return reshape(emit, sum(emit, byCandidate, 0, false), [-1, ...out.dims]);
    },
    tfjs: unlessEmpty((context, [x]) => {
      const { tf, output: out } = context;
      const shape = [context.count(CANDIDATES), context.count(out.rows) * sizeOf(out.dims)];
      return tf.reshape(tf.sum(tf.reshape(x!, shape), 0), tensorShape(context, out));
    }),
    typescript: ({ output: out }) =>
      call("fanIn", output, input(0), count(CANDIDATES), count(out.rows), number(sizeOf(out.dims))),
  },
  samples: ({ each, steps }) =>
    each.per !== "candidate"
      ? []
      : [f32(each, [3]), f32(steps, [3]), f32(steps, [2, 3])].map((x) => ({ attributes: {}, inputs: [x] })),
};
