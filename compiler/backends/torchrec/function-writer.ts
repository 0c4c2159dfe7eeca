// Writes the statements of one Python function. Nodes become expressions. An expression is inlined if it is
// used once, and otherwise assigned to a name.

import { InternalError, invariant } from "../../common/internal-error.ts";
import type { BodyNode, OpAttributes, OpName, OpUse } from "../../middle/graph/attributes.ts";
import { definitionIn, type OpContext } from "../../middle/graph/define-op.ts";
import { exampleLayout } from "../../middle/graph/layout.ts";
import { ONCE, type TensorType } from "../../middle/graph/types.ts";
import { isElementwise, ops } from "../../middle/ops/registry.ts";
import { bodyTypes } from "../../middle/ops/support/scan-body.ts";
import type { Imports } from "./imports.ts";
import type { NotForward, Operand, TorchEmitter, TorchLowering } from "./lowering.ts";
import { lowerings } from "./lowerings/index.ts";
import type { PythonNames } from "./names.ts";
import {
  atom,
  binding,
  call,
  float,
  laidOut,
  method,
  type Python,
  type PythonPiece,
  textOf,
  tuple,
  unpacked,
} from "./python.ts";

/** Longer expressions are assigned to a name. */
const INLINE = 60;
/** From this length on, operands are assigned to names. */
const LONG = 100;
/** The name of values without a name. It is reused when its previous value is no longer read. */
const PLAIN = "x";

/** A node in the form for the writer, also of a scan's body. */
export type WrittenNode = OpUse & {
  readonly id: number;
  readonly inputs: readonly number[];
  readonly type: TensorType;
};

/** The surroundings of a function. */
export interface FunctionContext {
  readonly imports: Imports;
  readonly names: PythonNames;
  /** The Python name of the steps of a history, or of an axis derived from one. */
  steps(history: string): string;
  /** Tells whether `self.…` is a `Dense`, which the body of a scan may call. */
  isDense(path: string): boolean;
}

/**
 * Whether an expression is inlined: never; if it is short and used once; or always, as the result of a
 * function.
 */
export type Inline = "never" | "short" | "always";

interface Known extends Operand {
  /** The variables that it reads, by the ids of their values. */
  readonly reads: ReadonlySet<number>;
}

export class FunctionWriter implements TorchEmitter {
  readonly lines: string[] = [];
  readonly training = "self.training";
  private readonly around: FunctionContext;
  private readonly indent: number;
  private readonly known = new Map<number, Known>();
  /** The number of remaining reads of each value. */
  private readonly left = new Map<number, number>();
  /** The values whose variable has the plain name. */
  private readonly plain = new Map<string, number>();
  /** Inlined values of `known` that are not used yet. */
  private readonly waiting = new Set<number>();
  /** Operands that the current expression reads twice. */
  private readonly twice = new Set<Operand>();

  constructor(around: FunctionContext, indent: number) {
    this.around = around;
    this.indent = indent;
  }

  // ---- Values

  /** Defines a value from outside, or one that is inlined at each use. */
  define(id: number, type: TensorType, python: Python, constant: number | null = null): void {
    this.known.set(id, { ...python, type, constant, reads: new Set() });
  }

  has(id: number): boolean {
    return this.known.has(id);
  }

  operand(id: number): Known {
    const known = this.known.get(id);
    invariant(known, `the value ${id} has no Python yet`);
    return known;
  }

  /** Announces the number of reads of values, before any is computed. */
  expect(reads: Iterable<number>): void {
    for (const id of reads) this.left.set(id, (this.left.get(id) ?? 0) + 1);
  }

  private read(id: number): void {
    this.left.set(id, (this.left.get(id) ?? 1) - 1);
  }

  // ---- Statements

  /** Computes a node. If `wanted` is not null, the result gets this name. */
  compute(item: WrittenNode, wanted: string | null, inline: Inline): void {
    const inputs = item.inputs.map((id) => this.operand(id));
    const constant = constantOf(item, inputs);
    if (constant !== null) {
      for (const id of item.inputs) this.read(id);
      this.define(item.id, item.type, atom(float(constant)), constant);
      return;
    }
    const python = item.op === "scan" ? this.recurrence(item) : this.shortened(item);
    this.called(item.id, item.type, item.inputs, python, wanted, inline);
  }

  /** Defines the value of an expression over `inputs`. */
  called(
    id: number,
    type: TensorType,
    inputs: readonly number[],
    python: Python,
    wanted: string | null,
    inline: Inline,
  ): void {
    for (const input of inputs) this.read(input);
    const reads = this.readsOf(inputs);
    this.known.set(id, { ...python, type, constant: null, reads });
    const isShort = (this.left.get(id) ?? 0) <= 1 && textOf(python.piece).length <= INLINE;
    if (inline === "always" || (inline === "short" && wanted === null && isShort)) this.waiting.add(id);
    else this.assign(id, wanted);
  }

  /** Assigns names to operands that are read twice, and to those that make an expression too long. */
  private shortened(item: WrittenNode): Python {
    this.twice.clear();
    let python = this.expression(item);
    const again = item.inputs.filter((id) => this.waiting.has(id) && this.twice.has(this.operand(id)));
    for (const id of new Set(again)) this.assign(id, null);
    if (again.length > 0) python = this.expression(item);
    for (const id of longestFirst(
      item.inputs.filter((id) => this.waiting.has(id)),
      (id) => this.operand(id),
    )) {
      if (isShort(python)) break;
      this.assign(id, null);
      python = this.expression(item);
    }
    return python;
  }

  /** The cell's function is written once, before its use. */
  private recurrence(item: WrittenNode): Python {
    for (const id of new Set(item.inputs)) if (this.waiting.has(id)) this.assign(id, null);
    return this.expression(item);
  }

  /** Writes `x = …`; the value has the name from now on. */
  private assign(id: number, wanted: string | null): void {
    const { type, piece } = this.operand(id);
    this.waiting.delete(id);
    const name = wanted === null ? this.plainName(id) : this.around.names.fresh(wanted);
    this.statement(`${name} = `, piece);
    this.known.set(id, { ...atom(name), type, constant: null, reads: new Set([id]) });
  }

  statement(before: string, piece: PythonPiece): void {
    this.lines.push(...laidOut(before, piece, this.indent));
  }

  /** The name `x`, reused if no later expression reads its value. */
  private plainName(id: number): string {
    for (const [name, holder] of this.plain) {
      const isRead =
        (this.left.get(holder) ?? 0) > 0 ||
        [...this.waiting].some((each) => this.operand(each).reads.has(holder));
      if (isRead) continue;
      this.plain.set(name, id);
      return name;
    }
    const name = this.around.names.fresh(PLAIN);
    this.plain.set(name, id);
    return name;
  }

  /** Defines several values returned by one call. */
  calledForAll(
    values: readonly { readonly id: number; readonly type: TensorType; readonly name: string }[],
    inputs: readonly number[],
    piece: PythonPiece,
  ): void {
    for (const input of inputs) this.read(input);
    this.readsOf(inputs);
    const names = values.map(({ name }) => this.around.names.fresh(name));
    this.lines.push(...unpacked(names, piece, this.indent));
    values.forEach(({ id, type }, i) => {
      this.known.set(id, { ...atom(names[i]!), type, constant: null, reads: new Set([id]) });
    });
  }

  /** The variables that an expression over these values reads. Its operands become part of it. */
  private readsOf(inputs: readonly number[]): Set<number> {
    const reads = new Set<number>();
    for (const id of inputs) {
      const known = this.operand(id);
      for (const each of known.reads) reads.add(each);
      this.waiting.delete(id);
    }
    return reads;
  }

  // ---- Expressions

  private expression({ op, attributes, inputs, type }: WrittenNode): Python {
    const operands = inputs.map((id) => this.operand(id));
    const lowering = lowerings[op] as TorchLowering<OpAttributes[OpName]> | NotForward;
    if (typeof lowering === "string")
      throw new InternalError(`${op}, which is ${lowering}, in a forward Graph`);
    return lowering(this, operands, { attributes, inputs: operands.map((each) => each.type), output: type });
  }

  function(file: Parameters<TorchEmitter["function"]>[0], name: string): string {
    return this.around.imports.from(file, name);
  }

  functional(name: string): string {
    this.around.imports.line("from torch.nn import functional as F");
    return `F.${name}`;
  }

  named(operand: Operand): Operand {
    this.twice.add(operand);
    return operand;
  }

  steps(history: string): string {
    return this.around.steps(history);
  }

  tensor(operand: Operand, beside: Operand): Python {
    if (operand.constant === null) return operand;
    this.named(beside);
    return method(beside, "new_full", tuple(operand.type.dims), float(operand.constant));
  }

  some(): Operand {
    for (const [id, known] of this.known)
      if (known.constant === null && known.type.dtype === "f32" && !this.waiting.has(id)) return known;
    throw new InternalError("constants alone, and no tensor in sight that says where they are to be");
  }

  cell({ body }: OpAttributes["scan"], operands: readonly Operand[], changing: readonly number[]): string {
    const { names } = this.around;
    const name = names.fresh("cell");
    const types = bodyTypes(body, ops);
    const inner = new FunctionWriter(this.around, this.indent + 4);
    const state = names.fresh("state");
    inner.define(0, types[0]!, atom(state));
    const parameters = changing.map((place) => {
      // Within the cell, the name means one step: nothing there reads all steps.
      const parameter = readableName(operands[place]!) ?? names.fresh("step");
      inner.define(place, types[place]!, atom(parameter));
      return parameter;
    });
    operands.forEach((operand, place) => {
      if (!inner.has(place)) inner.define(place, operand.type, operand, operand.constant);
    });
    const items = body.nodes.map(
      (node: BodyNode, i): WrittenNode => ({
        ...node,
        id: body.inputs.length + i,
        type: types[body.inputs.length + i]!,
      }),
    );
    inner.expect([...items.flatMap(({ inputs }) => [...inputs]), body.result]);
    for (const item of items) {
      const layer = inner.denseLayer(item, items, body.result);
      const inline = item.id === body.result ? "always" : "short";
      if (layer === "part") continue;
      if (layer === null) inner.compute(item, null, inline);
      else inner.called(item.id, item.type, [layer.input, ...item.inputs], layer.python, null, inline);
    }
    inner.statement("return ", inner.operand(body.result).piece);
    const signature = [state, ...parameters].map((parameter) => `${parameter}: Tensor`);
    const head = laidOut(
      `def ${name}`,
      { open: "(", items: signature, close: ")" },
      this.indent,
      " -> Tensor:",
    );
    this.lines.push("", ...head, ...inner.lines, "");
    return name;
  }

  /**
   * Recognises a product and the sum with a bias as a `Dense`: "part" for the product, the layer's call for
   * the sum.
   */
  private denseLayer(
    item: WrittenNode,
    items: readonly WrittenNode[],
    result: number,
  ): "part" | { readonly input: number; readonly python: Python } | null {
    const owner = (id: number | undefined, name: string): string | null => {
      const text = id !== undefined && this.has(id) ? textOf(this.operand(id).piece) : "";
      return text.startsWith("self.") && text.endsWith(`.${name}`) ? text.slice(0, -name.length - 1) : null;
    };
    const sumOf = (product: WrittenNode) => {
      const users = items.filter(({ inputs }) => inputs.includes(product.id));
      const [sum] = users;
      const path = owner(product.inputs[1], "kernel");
      const fits =
        users.length === 1 && sum!.op === "add" && sum!.inputs[0] === product.id && product.id !== result;
      return fits && path !== null && owner(sum!.inputs[1], "bias") === path && this.around.isDense(path)
        ? path
        : null;
    };
    if (item.op === "matmul" && sumOf(item) !== null) return "part";
    const product =
      item.op === "add" ? items.find(({ id, op }) => id === item.inputs[0] && op === "matmul") : undefined;
    const path = product === undefined ? null : sumOf(product);
    if (path === null) return null;
    const input = product!.inputs[0]!;
    this.define(product!.id, product!.type, this.operand(input));
    return { input, python: call(path, this.operand(input)) };
  }
}

/** The uniform value of a node computed from constants alone; null for any other node. */
function constantOf({ op, attributes, type }: WrittenNode, inputs: readonly Operand[]): number | null {
  if (op === "constant") return attributes.value;
  if (inputs.length === 0 || inputs.some(({ constant }) => constant === null)) return null;
  const keeps = op === "broadcast_list" || op === "reshape" || op === "slice" || op === "transpose";
  if (keeps) return inputs[0]!.constant;
  if (!isElementwise(op) || type.rows.kind !== "once") return null;
  const one: TensorType = { rows: ONCE, dims: [1], dtype: "f32" };
  const context: OpContext<OpAttributes[OpName]> = { attributes, inputs: inputs.map(() => one), output: one };
  const layout = exampleLayout({ examples: 1, lengths: {}, tables: {} });
  return definitionIn<OpName>(ops, op).reference(
    inputs.map(({ constant }) => Float64Array.of(constant!)),
    context,
    layout,
  )[0]!;
}

function longestFirst(ids: readonly number[], of: (id: number) => Known): number[] {
  const length = (id: number) => textOf(of(id).piece).length;
  return [...new Set(ids)].sort((a, b) => length(b) - length(a));
}

/** Only calls may be split over several lines. */
function isShort({ piece }: Python): boolean {
  return (
    textOf(piece).length <= LONG ||
    (typeof piece !== "string" && piece.items.every((item) => textOf(item).length <= LONG))
  );
}

function readableName({ piece, binds }: Operand): string | null {
  return typeof piece === "string" && binds === binding.atom && /^[a-z_][a-z0-9_]*$/i.test(piece)
    ? piece
    : null;
}
