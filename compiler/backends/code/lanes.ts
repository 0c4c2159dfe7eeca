// Each elementwise op, four numbers at a time.

import type { ElementwiseOp } from "../../middle/ops/registry.ts";
import type { FunctionBuilder } from "./builder.ts";
import type { Vector } from "./code.ts";
import { vector } from "./expressions.ts";
import * as math from "./math.ts";

/** Four numbers of the output from those at the same index of the inputs. */
export type Lanes = (f: FunctionBuilder, operands: readonly Vector[]) => Vector;

/** Every op with the trait `elementwise`, except those that only a training step has (`members.ts`). */
export const lanes: { readonly [N in Exclude<ElementwiseOp, "dropout" | "sigmoid_gradient">]: Lanes } = {
  add: binary((_, x, y) => vector.add(x, y)),
  subtract: binary((_, x, y) => vector.sub(x, y)),
  multiply: binary((_, x, y) => vector.mul(x, y)),
  divide: binary((_, x, y) => vector.div(x, y)),
  maximum: binary((_, x, y) => vector.max(x, y)),
  equal: binary((f, x, y) => vector.and(vector.eq(x, y), f.constant(1))),
  greater: binary((f, x, y) => vector.and(vector.gt(x, y), f.constant(1))),
  choose: (f, [c, x, y]) => vector.select(x!, y!, vector.ne(c!, f.constant(0))),
  negate: unary((_, x) => vector.neg(x)),
  exp: unary(math.exp),
  log: unary(math.log),
  sqrt: unary((_, x) => vector.sqrt(x)),
  sin: unary(math.sin),
  cos: unary(math.cos),
  sigmoid: unary(math.sigmoid),
  tanh: unary(math.tanh),
  relu: unary((f, x) => vector.pmax(x, f.constant(0))),
  step: unary((f, x) => vector.and(vector.gt(x, f.constant(0)), f.constant(1))),
  softplus: unary(math.softplus),
  broadcast_like: (_, [x]) => x!,
};

function binary(how: (f: FunctionBuilder, x: Vector, y: Vector) => Vector): Lanes {
  return (f, [x, y]) => how(f, x!, y!);
}

function unary(how: (f: FunctionBuilder, x: Vector) => Vector): Lanes {
  return (f, [x]) => how(f, x!);
}
