// PyTorch lowerings of elementwise ops. Broadcasting repeats values known once, and widths of 1.

import type { NoAttributes } from "../../../middle/graph/attributes.ts";
import { sameDims } from "../../../middle/ops/support/shapes.ts";
import type { Operand, TorchEmitter, TorchLowering, TorchLowerings } from "../lowering.ts";
import {
  atom,
  binding,
  call,
  infix,
  method,
  type Precedence,
  type Python,
  textOf,
  within,
} from "../python.ts";

export const elementwise = {
  add: operator("+", binding.sum),
  subtract: operator("-", binding.sum),
  multiply: operator("*", binding.product),
  divide: operator("/", binding.product),
  maximum: (emit, [x, y]) => {
    const least = (x: Operand, y: Operand) => method(x, `clamp`, `min=${within(y, binding.sum)}`);
    if (y!.constant !== null && fits(x!, y!)) return least(x!, y!);
    if (x!.constant !== null && fits(y!, x!)) return least(y!, x!);
    return call("torch.maximum", emit.tensor(x!, y!), emit.tensor(y!, x!));
  },
  dropout: (emit, [x], { attributes: { rate, whole } }) => {
    const leaving = (of: Python) => call(emit.functional("dropout"), of, String(rate), emit.training);
    if (!whole) return leaving(x!);
    const each = within(emit.named(x!), binding.atom);
    return infix(x!, "*", leaving(call("torch.ones_like", atom(`${each}[..., :1]`))), binding.product);
  },
  equal: truth("=="),
  greater: truth(">"),
  choose: (emit, [c, x, y]) => {
    if (c!.constant !== null) return emit.tensor(c!.constant === 0 ? y! : x!, c!.constant === 0 ? x! : y!);
    const [taken, other] = [emit.tensor(x!, c!), emit.tensor(y!, c!)];
    return call("torch.where", atom(`${within(c!, binding.sum)} != 0`), taken, other);
  },
  // Removes the sign of an already negated value, because Python's linters reject a double one.
  negate: (_emit, [x]) =>
    x!.binds === binding.sign
      ? atom(textOf(x!.piece).slice(1))
      : { piece: `-${within(x!, binding.sign)}`, binds: binding.sign },
  exp: unary("torch.exp"),
  // Not torch's own: at 0 its slope makes NaN of values that are not selected.
  log: (emit, [x]) => call(emit.function("ops", "log"), x!),
  sqrt: unary("torch.sqrt"),
  sin: unary("torch.sin"),
  cos: unary("torch.cos"),
  sigmoid: unary("torch.sigmoid"),
  sigmoid_gradient: "of gradients",
  tanh: unary("torch.tanh"),
  relu: unary("torch.relu"),
  step: (emit, [x]) =>
    method(atom(`(${within(x!, binding.sum)} > 0)`), "to", `${within(emit.named(x!), binding.atom)}.dtype`),
  softplus: (emit, [x]) => call(emit.functional("softplus"), x!),
  stop_gradient: (_emit, [x]) => method(x!, "detach"),
  while_training: (emit, [trained, served]) => {
    const [there, else_] = [emit.tensor(trained!, served!), emit.tensor(served!, trained!)];
    const piece = `${within(there, binding.sum)} if ${emit.training} else ${within(else_, binding.sum)}`;
    return { piece, binds: binding.condition };
  },
} satisfies Partial<TorchLowerings>;

/** A constant is written as a number if the other operand already has the result's width. */
function operator(sign: string, binds: Precedence): TorchLowering<NoAttributes> {
  return (emit, [x, y]) => infix(beside(emit, x!, y!), sign, beside(emit, y!, x!), binds);
}

/** 1 or 0, in the number type of both operands. */
function truth(sign: "==" | ">"): TorchLowering<NoAttributes> {
  return (emit, [x, y]) => {
    const compared = `(${within(beside(emit, x!, y!), binding.sum)} ${sign} ${within(beside(emit, y!, x!), binding.sum)})`;
    const typed = emit.named(x!.constant === null ? x! : y!);
    return method(atom(compared), "to", `${within(typed, binding.atom)}.dtype`);
  };
}

function beside(emit: TorchEmitter, x: Operand, other: Operand): Python {
  return x.constant !== null && !fits(other, x) ? emit.tensor(x, other) : x;
}

/** Tells whether the result of both has all dims of `large`. */
function fits(large: Operand, small: Operand): boolean {
  const [of, by] = [large.type.dims, small.type.dims];
  return sameDims(of, by) || (by.at(-1) === 1 && sameDims(of.slice(0, -1), by.slice(0, -1)));
}

function unary(name: string): TorchLowering<NoAttributes> {
  return (_emit, [x]) => call(name, x!);
}
