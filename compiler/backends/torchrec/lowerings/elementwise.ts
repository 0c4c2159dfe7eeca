// How PyTorch computes number by number. Rows that are known once, and a width of 1, are repeated by its broadcasting.

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
  // Of what is negated already, Python's linters want no second sign.
  negate: (_emit, [x]) =>
    x!.binds === binding.sign
      ? atom(textOf(x!.piece).slice(1))
      : { piece: `-${within(x!, binding.sign)}`, binds: binding.sign },
  exp: unary("torch.exp"),
  // Not torch's, whose slope at 0 makes NaN of what is not taken.
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
} satisfies Partial<TorchLowerings>;

/** A constant is written as a number where it makes the other no wider. */
function operator(sign: string, binds: Precedence): TorchLowering<NoAttributes> {
  return (emit, [x, y]) => infix(beside(emit, x!, y!), sign, beside(emit, y!, x!), binds);
}

/** 1 or 0, as numbers of the type that both have. */
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

/** Whether `small` gives no dim of the result of both. */
function fits(large: Operand, small: Operand): boolean {
  const [of, by] = [large.type.dims, small.type.dims];
  return sameDims(of, by) || (by.at(-1) === 1 && sameDims(of.slice(0, -1), by.slice(0, -1)));
}

function unary(name: string): TorchLowering<NoAttributes> {
  return (_emit, [x]) => call(name, x!);
}
