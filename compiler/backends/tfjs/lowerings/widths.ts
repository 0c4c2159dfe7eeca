// How tfjs computes ops on widths: matrix products, and vectors put together and cut.

import { paddingsOf } from "../../../middle/ops/pad.op.ts";
import { axisOf, splitLast } from "../../../middle/ops/support/shapes.ts";
import type { TfjsLowerings } from "../lowering.ts";
import { tensorShape, unlessEmpty, zerosOut } from "../tensors.ts";

export const widths = {
  matmul: unlessEmpty((context, [x, w]) => {
    const { tf, attributes, inputs, output: out } = context;
    const matrix = tf.reshape(x!, [-1, splitLast(inputs[0]!.dims).last]);
    return tf.reshape(tf.matMul(matrix, w!, false, attributes.transpose), tensorShape(context, out));
  }),
  contract_rows: unlessEmpty((context, [x, y]) => {
    if (x!.size === 0) return zerosOut(context);
    const { tf, output: out } = context;
    const [a, b] = out.dims as readonly [number, number];
    return tf.matMul(tf.reshape(x!, [-1, a]), tf.reshape(y!, [-1, b]), true, false);
  }),
  concat: unlessEmpty((context, values) => {
    const { tf, attributes, inputs, output: out } = context;
    const parts = values.map((value, i) =>
      inputs[i]!.rows.kind === out.rows.kind
        ? value
        : tf.broadcastTo(value, tensorShape(context, { ...inputs[i]!, rows: out.rows })),
    );
    return tf.concat(parts, axisOf(out, attributes.dim));
  }),
  slice: unlessEmpty((context, [x]) => {
    const shape = tensorShape(context, context.output);
    const axis = axisOf(context.output, context.attributes.dim);
    const begin = shape.map((_, i) => (i === axis ? context.attributes.from : 0));
    return context.tf.slice(x!, begin, shape);
  }),
  pad: unlessEmpty(({ tf, attributes, output: out }, [x]) => tf.pad(x!, paddingsOf(out, attributes))),
  reshape: unlessEmpty((context, [x]) => context.tf.reshape(x!, tensorShape(context, context.output))),
  sum_width: unlessEmpty(({ tf }, [x]) => tf.sum(x!, -1, true)),
} satisfies Partial<TfjsLowerings>;
