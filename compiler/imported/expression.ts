// The value of a weight as an expression over a checkpoint's weights, as a map of weights writes it:
// `transpose(mlp.mlp.0.weight)`, `mlp.mlp.4.bias + lr_layer.bias`, `rows(gru.weight_ih_l0, 0, 16)`, `0`.

import { type CheckpointTensor, shapeText } from "./files/tensors.ts";

export type WeightExpression =
  | { readonly kind: "weight"; readonly tensor: CheckpointTensor }
  /** The same number everywhere. */
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "sum"; readonly of: readonly WeightExpression[] }
  | { readonly kind: "product"; readonly factor: number; readonly of: WeightExpression }
  | { readonly kind: "call"; readonly name: FunctionName; readonly of: readonly WeightExpression[] };

interface Value {
  readonly dims: readonly number[];
  readonly values: Float32Array;
}

/** A mistake in an expression, as a clause that completes "the weight …". */
export class ExpressionError extends Error {
  override readonly name = "ExpressionError";
}

interface WeightFunction {
  /** The number of weights, and of whole numbers after them; null if there may be any number. */
  readonly weights: number | null;
  readonly numbers: number | null;
  readonly apply: (weights: readonly Value[], numbers: readonly number[]) => Value;
}

const functions = {
  transpose: { weights: 1, numbers: null, apply: ([value], axes) => transposed(value!, axes) },
  rows: { weights: 1, numbers: 2, apply: ([value], [from, to]) => rowsOf(value!, from!, to!) },
  columns: {
    weights: 1,
    numbers: 2,
    apply: ([value], [from, to]) => transposed(rowsOf(transposed(matrix(value!)), from!, to!)),
  },
  /** One below the other. */
  concat: { weights: null, numbers: 0, apply: (values) => below(values) },
  concat_columns: {
    weights: null,
    numbers: 0,
    apply: (values) => transposed(below(values.map((value) => transposed(matrix(value))))),
  },
  identity: { weights: 0, numbers: 1, apply: (_, [size]) => identity(size!) },
  reshape: { weights: 1, numbers: null, apply: ([value], dims) => reshaped(value!, dims) },
} as const satisfies Readonly<Record<string, WeightFunction>>;

type FunctionName = keyof typeof functions;

export const functionNames = Object.keys(functions) as readonly FunctionName[];

/** The numbers of a weight of the shape `dims`. Throws ExpressionError if the expression has another shape. */
export async function evaluated(
  expression: WeightExpression,
  dims: readonly number[],
): Promise<Float32Array> {
  const size = dims.reduce((product, dim) => product * dim, 1);
  if (expression.kind === "number") return new Float32Array(size).fill(expression.value);
  const value = await shapedValue(expression);
  // Axes of length 1 do not move any number.
  if (plain(value.dims).join() !== plain(dims).join())
    throw new ExpressionError(
      `needs the shape ${shapeText(dims)}, and ${textOf(expression)} has ${shapeText(value.dims)}`,
    );
  const at = value.values.findIndex((each) => !Number.isFinite(each));
  if (at >= 0) throw new ExpressionError(`would get ${value.values[at]} from ${textOf(expression)}`);
  return value.values;
}

const plain = (dims: readonly number[]) => dims.filter((dim) => dim !== 1);

async function shapedValue(expression: WeightExpression): Promise<Value> {
  switch (expression.kind) {
    case "weight":
      return { dims: expression.tensor.dims, values: await expression.tensor.values() };
    case "number":
      throw new ExpressionError(`has the number ${expression.value} in a place of a weight`);
    case "product": {
      const { dims, values } = await shapedValue(expression.of);
      return { dims, values: values.map((value) => expression.factor * value) };
    }
    case "sum":
      return summed(await shapedValues(expression.of));
    case "call": {
      const { name, of } = expression;
      const { weights, numbers, apply }: WeightFunction = functions[name];
      const given = of.filter((each) => each.kind !== "number");
      const wholes = of.flatMap((each) => (each.kind === "number" ? [each.value] : []));
      if ((weights ?? given.length) !== given.length || (numbers ?? wholes.length) !== wholes.length)
        throw new ExpressionError(`has other arguments of \`${name}\` than it takes`);
      return apply(await shapedValues(given), wholes);
    }
  }
}

async function shapedValues(all: readonly WeightExpression[]): Promise<Value[]> {
  const values: Value[] = [];
  for (const each of all) values.push(await shapedValue(each));
  return values;
}

function summed([first, ...others]: readonly Value[]): Value {
  const sum = Float32Array.from(first!.values);
  for (const { dims, values } of others) {
    if (dims.join() !== first!.dims.join())
      throw new ExpressionError(`adds the shapes ${shapeText(first!.dims)} and ${shapeText(dims)}`);
    for (const [i, value] of values.entries()) sum[i]! += value;
  }
  return { dims: first!.dims, values: sum };
}

function matrix(value: Value): Value {
  if (value.dims.length !== 2)
    throw new ExpressionError(`needs a matrix where it has the shape ${shapeText(value.dims)}`);
  return value;
}

/** With the axes in another order; by default in the reverse one. */
function transposed({ dims, values }: Value, order: readonly number[] = []): Value {
  const axes = order.length === 0 ? dims.map((_, i) => dims.length - 1 - i) : order;
  if ([...axes].sort((a, b) => a - b).some((axis, i) => axis !== i) || axes.length !== dims.length)
    throw new ExpressionError(`puts the axes of ${shapeText(dims)} in the order ${axes.join(", ")}`);
  const strides = dims.map((_, axis) => dims.slice(axis + 1).reduce((product, dim) => product * dim, 1));
  const turned = axes.map((axis) => dims[axis]!);
  const moved = new Float32Array(values.length);
  for (let to = 0; to < moved.length; to++) {
    let from = 0;
    for (let i = axes.length - 1, rest = to; i >= 0; i--) {
      from += (rest % turned[i]!) * strides[axes[i]!]!;
      rest = Math.floor(rest / turned[i]!);
    }
    moved[to] = values[from]!;
  }
  return { dims: turned, values: moved };
}

function rowsOf({ dims: [rows = 0, ...rest], values }: Value, from: number, to: number): Value {
  if (!(Number.isInteger(from) && Number.isInteger(to) && from >= 0 && from < to && to <= rows))
    throw new ExpressionError(`takes ${from} to ${to} of ${rows}`);
  const width = rest.reduce((product, dim) => product * dim, 1);
  return { dims: [to - from, ...rest], values: values.subarray(from * width, to * width) };
}

function below(values: readonly Value[]): Value {
  const [first] = values;
  const rest = first?.dims.slice(1) ?? [];
  if (first === undefined || values.some(({ dims }) => dims.slice(1).join() !== rest.join()))
    throw new ExpressionError(`joins the shapes ${values.map(({ dims }) => shapeText(dims)).join(" and ")}`);
  const joined = new Float32Array(values.reduce((sum, each) => sum + each.values.length, 0));
  let at = 0;
  for (const each of values) {
    joined.set(each.values, at);
    at += each.values.length;
  }
  return { dims: [values.reduce((sum, { dims }) => sum + dims[0]!, 0), ...rest], values: joined };
}

function identity(size: number): Value {
  if (!(Number.isInteger(size) && size > 0 && size <= 4096))
    throw new ExpressionError(`has an identity of ${size} rows`);
  const values = new Float32Array(size * size);
  for (let i = 0; i < size; i++) values[i * size + i] = 1;
  return { dims: [size, size], values };
}

function reshaped({ values }: Value, dims: readonly number[]): Value {
  if (dims.reduce((product, dim) => product * dim, 1) !== values.length)
    throw new ExpressionError(`gives ${values.length} numbers the shape ${shapeText(dims)}`);
  return { dims, values };
}

/** Every weight that the expression reads. */
export function tensorsIn(expression: WeightExpression): readonly CheckpointTensor[] {
  switch (expression.kind) {
    case "weight":
      return [expression.tensor];
    case "number":
      return [];
    case "product":
      return tensorsIn(expression.of);
    case "sum":
    case "call":
      return expression.of.flatMap(tensorsIn);
  }
}

/** As a map writes it. */
export function textOf(expression: WeightExpression): string {
  switch (expression.kind) {
    case "weight":
      return expression.tensor.name;
    case "number":
      return String(expression.value);
    case "product":
      return `${expression.factor} * ${textOf(expression.of)}`;
    case "sum":
      return expression.of.map(textOf).join(" + ");
    case "call":
      return `${expression.name}(${expression.of.map(textOf).join(", ")})`;
  }
}

/** Reads an expression over the weights that `find` knows. Throws ExpressionError. */
export function readExpression(
  text: string,
  find: (name: string) => CheckpointTensor | null,
): WeightExpression {
  const reader = new ExpressionReader(text, find);
  return reader.whole();
}

const TOKEN = /\s*(?:([A-Za-z_][\w.-]*)|(-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)|([(),+*]))/iy;

class ExpressionReader {
  private readonly tokens: string[] = [];
  private readonly find: (name: string) => CheckpointTensor | null;
  private at = 0;
  private depth = 0;

  constructor(text: string, find: (name: string) => CheckpointTensor | null) {
    this.find = find;
    TOKEN.lastIndex = 0;
    const trimmed = text.trimEnd();
    while (TOKEN.lastIndex < trimmed.length) {
      const from = TOKEN.lastIndex;
      const found = TOKEN.exec(trimmed);
      if (found === null)
        throw new ExpressionError(`has \`${trimmed.slice(from)}\`, which is not an expression`);
      this.tokens.push(found[0].trim());
    }
  }

  whole(): WeightExpression {
    const expression = this.sum();
    if (this.at < this.tokens.length) throw this.unexpected();
    return expression;
  }

  private sum(): WeightExpression {
    const of = [this.product()];
    while (this.take("+")) of.push(this.product());
    return of.length === 1 ? of[0]! : { kind: "sum", of };
  }

  private product(): WeightExpression {
    const factor = this.term();
    if (!this.take("*")) return factor;
    if (factor.kind !== "number") throw new ExpressionError("multiplies a weight by something after it");
    return { kind: "product", factor: factor.value, of: this.term() };
  }

  private term(): WeightExpression {
    const token = this.tokens[this.at];
    if (token === undefined) throw this.unexpected();
    if (Number.isFinite(Number(token))) {
      this.at++;
      return { kind: "number", value: Number(token) };
    }
    if (!/^[A-Za-z_]/.test(token)) throw this.unexpected();
    this.at++;
    if (!this.take("(")) return { kind: "weight", tensor: this.tensor(token) };
    if (++this.depth > 50) throw new ExpressionError("has calls in one another, 50 deep");
    const name = functionNames.find((each) => each === token);
    if (name === undefined)
      throw new ExpressionError(`calls \`${token}\`; there are ${functionNames.join(", ")}`);
    const of = [this.sum()];
    while (this.take(",")) of.push(this.sum());
    if (!this.take(")")) throw this.unexpected();
    this.depth--;
    return { kind: "call", name, of };
  }

  private tensor(name: string): CheckpointTensor {
    const tensor = this.find(name);
    if (tensor === null) throw new ExpressionError(`reads \`${name}\`, which the checkpoint has not`);
    return tensor;
  }

  private take(token: string): boolean {
    if (this.tokens[this.at] !== token) return false;
    this.at++;
    return true;
  }

  private unexpected(): ExpressionError {
    const token = this.tokens[this.at];
    return new ExpressionError(
      token === undefined ? "has an unfinished expression" : `has an unexpected \`${token}\``,
    );
  }
}
