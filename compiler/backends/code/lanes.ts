// Each elementwise op, four numbers at a time.

import type { ElementwiseOp } from "../../middle/ops/registry.ts";
import type { FunctionBuilder } from "./builder.ts";
import type { Vector } from "./code.ts";
import { f32x4, v128 } from "./expressions.ts";
import * as math from "./math.ts";

/** Four numbers of the output from those at the same index of the inputs. */
export type Lanes = (f: FunctionBuilder, operands: readonly Vector[]) => Vector;

/** Every op with the trait `elementwise`, except those that only a training step has (`members.ts`). */
export const lanes: { readonly [N in Exclude<ElementwiseOp, "dropout" | "sigmoid_gradient">]: Lanes } = {
  add: binary((_, x, y) => f32x4.add(x, y)),
  subtract: binary((_, x, y) => f32x4.sub(x, y)),
  multiply: binary((_, x, y) => f32x4.mul(x, y)),
  divide: binary((_, x, y) => f32x4.div(x, y)),
  maximum: binary((_, x, y) => f32x4.max(x, y)),
  equal: binary((f, x, y) => v128.and(f32x4.eq(x, y), f.constant(1))),
  greater: binary((f, x, y) => v128.and(f32x4.gt(x, y), f.constant(1))),
  choose: (f, [c, x, y]) => v128.select(x!, y!, f32x4.ne(c!, f.constant(0))),
  negate: unary((_, x) => f32x4.neg(x)),
  exp: unary(math.exp),
  log: unary(math.log),
  sqrt: unary((_, x) => f32x4.sqrt(x)),
  sin: unary(math.sin),
  cos: unary(math.cos),
  sigmoid: unary(math.sigmoid),
  tanh: unary(math.tanh),
  relu: unary((f, x) => f32x4.pmax(x, f.constant(0))),
  step: unary((f, x) => v128.and(f32x4.gt(x, f.constant(0)), f.constant(1))),
  softplus: unary(math.softplus),
  broadcast_like: (_, [x]) => x!,
};

function binary(how: (f: FunctionBuilder, x: Vector, y: Vector) => Vector): Lanes {
  return (f, [x, y]) => how(f, x!, y!);
}

function unary(how: (f: FunctionBuilder, x: Vector) => Vector): Lanes {
  return (f, [x]) => how(f, x!);
}
