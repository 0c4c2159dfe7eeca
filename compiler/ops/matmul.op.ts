// Linear layers.

import { call } from "../backends/typescript/lowering.ts";
import { ONCE, sizeOf, type TensorType } from "../graph/graph.ts";
import { invariant } from "../internal-error.ts";
import type { OpDefinition } from "./define-op.ts";
import { numbersIn } from "./support/flops.ts";
import * as onnx from "./support/onnx.ts";
import { filled } from "./support/references.ts";
import { describeType, f32, inputsOf, requireFloat, splitLast } from "./support/shapes.ts";
import { FLOAT, flag as flagAttribute, reshape } from "./support/tensorflow.ts";
import { tensorShape, unlessEmpty } from "./support/tfjs.ts";
import { count, flag, input, number, output } from "./support/typescript.ts";

export interface MatmulAttributes {
  /** w is [b, a] and enters transposed. */
  readonly transpose: boolean;
}

export const matmul: OpDefinition<MatmulAttributes> = {
  name: "matmul",
  doc: "x [.., a] times w, once [a, b] (with `transpose` once [b, a]): rows of x [.., b].",
  shape: (inputs, { transpose }) => {
    const [x, w] = inputsOf("matmul", inputs, 2) as readonly [TensorType, TensorType];
    requireFloat("matmul", x, w);
    const misfit = `matmul of ${describeType(x)} and ${describeType(w)}, transpose ${transpose}`;
    invariant(w.rows.kind === "once" && w.dims.length === 2 && x.dims.length > 0, misfit);
    const [inner, outer] = transpose ? [w.dims[1]!, w.dims[0]!] : [w.dims[0]!, w.dims[1]!];
    invariant(x.dims.at(-1) === inner, misfit);
    return f32(x.rows, [...splitLast(x.dims).lead, outer]);
  },
  reference: ([x, w], { attributes, inputs, output: out }, layout) => {
    const inner = splitLast(inputs[0]!.dims).last;
    const outer = splitLast(out.dims).last;
    return filled(out, layout).map((_, i) => {
      const line = Math.floor(i / outer);
      const column = i % outer;
      let sum = 0;
      for (let k = 0; k < inner; k++)
        sum += x![line * inner + k]! * w![attributes.transpose ? column * inner + k : k * outer + column]!;
      return sum;
    });
  },
  flops: ({ inputs: [x], output: out }, count) => 2 * numbersIn(out, count) * splitLast(x!.dims).last,
  gradient: ({ graph, attributes: { transpose }, inputIds: [x, w], gradient }) => [
    graph.add("matmul", [gradient, w!], { transpose: !transpose }),
    graph.add("gram", transpose ? [gradient, x!] : [x!, gradient], {}),
  ],
  lower: {
    onnx: (emit, [x, w], { attributes, inputs, output: out }) => {
      const weights = attributes.transpose ? emit.node("Transpose", [w!]) : w!;
      if (isMatrix(inputs[0]!)) return emit.node("MatMul", [x!, weights]);
      // As a matrix too: onnxruntime 1.30 takes a transpose before it into the product, which then fails for lists.
      const matrix = emit.node("Reshape", [x!, emit.ints([-1, splitLast(inputs[0]!.dims).last])]);
      return onnx.reshape(emit, emit.node("MatMul", [matrix, weights]), out);
    },
    tensorflow: (emit, [x, w], { attributes, inputs, output: out }) => {
      const { rows, dims } = inputs[0]!;
      const multiply = (left: typeof x) =>
        emit.node("MatMul", [left!, w!], {
          T: FLOAT,
          transpose_a: flagAttribute(false),
          transpose_b: flagAttribute(attributes.transpose),
        });
      if (isMatrix(inputs[0]!)) return multiply(x);
      const product = multiply(reshape(emit, x!, [-1, splitLast(dims).last]));
      return reshape(emit, product, rows.kind === "once" ? out.dims : [-1, ...out.dims]);
    },
    tfjs: unlessEmpty((context, [x, w]) => {
      const { tf, attributes, inputs, output: out } = context;
      const matrix = tf.reshape(x!, [-1, splitLast(inputs[0]!.dims).last]);
      return tf.reshape(tf.matMul(matrix, w!, false, attributes.transpose), tensorShape(context, out));
    }),
    typescript: ({ attributes, inputs, output: out }) => {
      const { lead, last } = splitLast(inputs[0]!.dims);
      return call(
        "matmul",
        output,
        input(0),
        input(1),
        count(out.rows, sizeOf(lead)),
        number(last),
        number(splitLast(out.dims).last),
        flag(attributes.transpose),
      );
    },
  },
  samples: ({ each, steps, table }) =>
    [
      f32(each, [5]),
      f32(steps, [5]),
      f32(ONCE, [5]),
      f32(ONCE, [3, 5]),
      f32(each, [2, 5]),
      f32(steps, [3, 5]),
      f32(table, [5]),
    ].flatMap((x) => [
      { attributes: { transpose: false }, inputs: [x, f32(ONCE, [5, 6])] },
      { attributes: { transpose: true }, inputs: [x, f32(ONCE, [6, 5])] },
    ]),
};

/** Whether the tensor has two axes as it is. */
export function isMatrix({ rows, dims }: TensorType): boolean {
  return dims.length === (rows.kind === "once" ? 2 : 1);
}
