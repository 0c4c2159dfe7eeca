// How tfjs computes number by number.

import type { NoAttributes } from "../../../middle/graph/attributes.ts";
import type { Tensor, Tfjs, TfjsLowering, TfjsLowerings } from "../lowering.ts";
import { unlessEmpty } from "../tensors.ts";

export const elementwise = {
  add: binary((tf, x, y) => tf.add(x, y)),
  subtract: binary((tf, x, y) => tf.sub(x, y)),
  multiply: binary((tf, x, y) => tf.mul(x, y)),
  divide: binary((tf, x, y) => tf.div(x, y)),
  maximum: binary((tf, x, y) => tf.maximum(x, y)),
  dropout: unlessEmpty(({ tf, attributes: { rate } }, [x, noise]) =>
    tf.mul(x!, tf.mul(tf.cast(tf.greaterEqual(noise!, rate), "float32"), 1 / (1 - rate))),
  ),
  equal: binary((tf, x, y) => tf.cast(tf.equal(x, y), "float32")),
  negate: unary((tf, x) => tf.neg(x)),
  exp: unary((tf, x) => tf.exp(x)),
  log: unary((tf, x) => tf.log(x)),
  sqrt: unary((tf, x) => tf.sqrt(x)),
  sigmoid: unary((tf, x) => tf.sigmoid(x)),
  sigmoid_gradient: unlessEmpty(({ tf }, [y, dy]) => tf.mul(dy!, tf.mul(y!, tf.sub(1, y!)))),
  tanh: unary((tf, x) => tf.tanh(x)),
  relu: unary((tf, x) => tf.relu(x)),
  step: unary((tf, x) => tf.step(x)),
  softplus: unary((tf, x) => tf.softplus(x)),
  stop_gradient: unlessEmpty((_context, [x]) => x!.clone()),
} satisfies Partial<TfjsLowerings>;

function binary(how: (tf: Tfjs, x: Tensor, y: Tensor) => Tensor): TfjsLowering<NoAttributes> {
  return unlessEmpty(({ tf }, [x, y]) => how(tf, x!, y!));
}

function unary(how: (tf: Tfjs, x: Tensor) => Tensor): TfjsLowering<NoAttributes> {
  return unlessEmpty(({ tf }, [x]) => how(tf, x!));
}
