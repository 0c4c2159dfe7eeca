// Ranking Graphs made up by fast-check: values over a request, its candidates and the steps of a history, from ops that take any of
// them. Numbers stay small, so that what f32 rounds off stays small too.

import fc from "fast-check";
import { GraphBuilder } from "../../../compiler/graph/builder.ts";
import {
  type NodeId,
  ONCE,
  type Rows,
  type TensorType,
  type ValidGraph,
} from "../../../compiler/graph/graph.ts";
import { type BodyNode, type ScanBody, STEP } from "../../../compiler/graph/scan-body.ts";
import { validate } from "../../../compiler/graph/validate.ts";

export const HISTORY = "clicks";
export const MOST_STEPS = 12;
/** Above it a value is squeezed into −1 … 1. */
const LARGEST = 6;

/** One op: `pick` chooses what it takes among the values that fit, `size` a width. */
interface Instruction {
  readonly op: Op;
  readonly pick: readonly [number, number];
  readonly size: number;
}

interface Value {
  readonly id: NodeId;
  readonly rows: Rows;
  readonly dims: readonly number[];
  /** No number of it is further from 0. */
  readonly bound: number;
}

/** A graph in the making: what its ops can take, and how they are added. */
class Maker {
  readonly builder = new GraphBuilder();
  readonly values: Value[] = [];
  private weights = 0;

  input(name: string, rows: Rows, width: number): void {
    const type: TensorType = { rows, dims: [width], dtype: "f32" };
    this.values.push(this.value(this.builder.add("input", [], { name, type }), 2));
  }

  weight(...dims: readonly number[]): NodeId {
    return this.builder.parameter({
      name: `w${this.weights++}`,
      dims,
      init: { kind: "zeros" },
      role: "weight",
    });
  }

  value(id: NodeId, bound: number): Value {
    if (bound > LARGEST) return this.value(this.builder.add("tanh", [id], {}), 1);
    const { rows, dims } = this.builder.typeOf(id);
    return { id, rows, dims, bound };
  }

  /** The value picked among those that fit; null where none does. */
  picked(pick: number, fits: (value: Value) => boolean): Value | null {
    const fitting = this.values.filter(fits);
    return fitting[pick % fitting.length] ?? null;
  }

  /** Two values over the rows of both: a request's is given to each candidate, a row's to each of its steps. */
  together(a: Value, b: Value): readonly [NodeId, NodeId] {
    const over = (wanted: Value, other: Value) => {
      let { id } = wanted;
      const meets = (rows: Rows, per: string) => "per" in rows && rows.per === per;
      if (meets(wanted.rows, "request") && meets(other.rows, "candidate"))
        id = this.builder.add("fan_out", [id], {});
      if (wanted.rows.kind === "each" && other.rows.kind === "steps")
        id = this.builder.add("repeat", [id], { history: HISTORY });
      return id;
    };
    return [over(a, b), over(b, a)];
  }

  /** x as a vector of that width. */
  wide(x: Value, width: number): Value {
    const flat = x.dims.reduce((product, dim) => product * dim, 1);
    const vector = x.dims.length === 1 ? x.id : this.builder.add("reshape", [x.id], { dims: [flat] });
    if (flat === width) return this.value(vector, x.bound);
    const projected = this.builder.add("matmul", [vector, this.weight(flat, width)], { transpose: false });
    return this.value(projected, flat * x.bound);
  }
}

const isVector = ({ dims }: Value) => dims.length === 1;
const hasSteps = ({ rows }: Value) => rows.kind === "steps";
const any = () => true;

type Make = (maker: Maker, given: Instruction) => Value | null;

function unary(op: "negate" | "tanh" | "sigmoid" | "relu" | "softplus", bound: (x: number) => number): Make {
  return (maker, { pick }) => {
    const x = maker.picked(pick[0], any);
    return x && maker.value(maker.builder.add(op, [x.id], {}), bound(x.bound));
  };
}

function binary(
  op: "add" | "subtract" | "multiply" | "maximum",
  bound: (x: number, y: number) => number,
): Make {
  return (maker, { pick, size }) => {
    const x = maker.picked(pick[0], isVector)!;
    const other = maker.picked(pick[1], any)!;
    const y = maker.wide(other, size % 3 === 0 ? 1 : x.dims[0]!);
    return maker.value(maker.builder.add(op, maker.together(x, y), {}), bound(x.bound, y.bound));
  };
}

/** x² + ½ */
function positive({ builder }: Maker, x: Value): NodeId {
  const square = builder.add("multiply", [x.id, x.id], {});
  return builder.add(
    "add",
    [square, builder.add("constant", [], { value: 0.5, dims: [...x.dims.slice(0, -1), 1] })],
    {},
  );
}

function ofSteps(op: "sum_steps" | "max_steps" | "softmax_steps" | "last_step"): Make {
  return (maker, { pick }) => {
    const x = maker.picked(pick[0], hasSteps)!;
    const bound = {
      sum_steps: MOST_STEPS * x.bound,
      softmax_steps: 1,
      max_steps: x.bound,
      last_step: x.bound,
    }[op];
    return maker.value(maker.builder.add(op, [x.id], {}), bound);
  };
}

function ofList(op: "sum_list" | "max_list" | "softmax_list" | "transpose"): Make {
  return (maker, { pick }) => {
    const x = maker.picked(pick[0], (value) => !isVector(value));
    if (x === null) return null;
    const bound = { sum_list: x.dims[0]! * x.bound, max_list: x.bound, softmax_list: 1, transpose: x.bound }[
      op
    ];
    return maker.value(maker.builder.add(op, [x.id], {}), bound);
  };
}

/** tanh(h U + x) */
function elman(width: number): ScanBody {
  const type = (rows: Rows, ...dims: number[]): TensorType => ({ rows, dims, dtype: "f32" });
  const node = (op: BodyNode["op"], inputs: number[], attributes: object = {}) =>
    ({ op, inputs, attributes }) as BodyNode;
  return {
    inputs: [type(STEP, width), type(STEP, width), type(ONCE, width, width)],
    nodes: [node("matmul", [0, 2], { transpose: false }), node("add", [3, 1]), node("tanh", [4])],
    result: 5,
  };
}

const makes = {
  add: binary("add", (x, y) => x + y),
  subtract: binary("subtract", (x, y) => x + y),
  multiply: binary("multiply", (x, y) => x * y),
  maximum: binary("maximum", Math.max),
  negate: unary("negate", (x) => x),
  tanh: unary("tanh", () => 1),
  sigmoid: unary("sigmoid", () => 1),
  relu: unary("relu", (x) => x),
  softplus: unary("softplus", (x) => x + 1),
  sum_steps: ofSteps("sum_steps"),
  max_steps: ofSteps("max_steps"),
  softmax_steps: ofSteps("softmax_steps"),
  last_step: ofSteps("last_step"),
  sum_list: ofList("sum_list"),
  max_list: ofList("max_list"),
  softmax_list: ofList("softmax_list"),
  transpose: ofList("transpose"),
  exp: (maker, { pick }) => {
    const x = maker.picked(pick[0], ({ bound }) => bound <= 2);
    return x && maker.value(maker.builder.add("exp", [x.id], {}), Math.exp(x.bound));
  },
  log: (maker, { pick }) => {
    const x = maker.picked(pick[0], any)!;
    return maker.value(maker.builder.add("log", [positive(maker, x)], {}), Math.log(x.bound ** 2 + 1));
  },
  sqrt: (maker, { pick }) => {
    const x = maker.picked(pick[0], any)!;
    return maker.value(maker.builder.add("sqrt", [positive(maker, x)], {}), x.bound + 1);
  },
  divide: (maker, { pick }) => {
    const x = maker.picked(pick[0], isVector)!;
    const y = maker.wide(maker.picked(pick[1], any)!, x.dims[0]!);
    const [a, b] = maker.together(x, y);
    const divisor = positive(maker, { ...y, id: b });
    return maker.value(maker.builder.add("divide", [a, divisor], {}), 2 * x.bound);
  },
  dense: (maker, { pick, size }) => {
    const x = maker.picked(pick[0], any)!;
    const width = x.dims.at(-1)!;
    const { builder } = maker;
    const product = builder.add("matmul", [x.id, maker.weight(width, size)], { transpose: false });
    const biased = isVector(x) ? builder.add("add", [product, maker.weight(size)], {}) : product;
    return maker.value(biased, width * x.bound + 1);
  },
  concat: (maker, { pick }) => {
    const x = maker.picked(pick[0], isVector)!;
    const y = maker.picked(pick[1], isVector)!;
    if (x.dims[0]! + y.dims[0]! > 40) return null;
    const both = maker.builder.add("concat", maker.together(x, y), { dim: 0 });
    return maker.value(both, Math.max(x.bound, y.bound));
  },
  slice: (maker, { pick, size }) => {
    const x = maker.picked(pick[0], isVector)!;
    const from = pick[1] % x.dims[0]!;
    const to = Math.min(x.dims[0]!, from + size);
    return maker.value(maker.builder.add("slice", [x.id], { dim: 0, from, to }), x.bound);
  },
  sum_width: (maker, { pick }) => {
    const x = maker.picked(pick[0], any)!;
    return maker.value(maker.builder.add("sum_width", [x.id], {}), x.dims.at(-1)! * x.bound);
  },
  list: (maker, { pick, size }) => {
    const x = maker.wide(maker.picked(pick[0], any)!, (1 + (pick[1] % 3)) * size);
    const dims = [1 + (pick[1] % 3), size];
    return maker.value(maker.builder.add("reshape", [x.id], { dims }), x.bound);
  },
  take: (maker, { pick, size }) => {
    const x = maker.picked(pick[0], (value) => !isVector(value));
    if (x === null) return null;
    const indices = Array.from({ length: 1 + (size % 3) }, (_, i) => (pick[1] + i * size) % x.dims[0]!);
    return maker.value(maker.builder.add("take", [x.id], { indices }), x.bound);
  },
  count_steps: (maker, { pick }) => {
    const per = pick[0] % 2 === 0 ? "request" : "candidate";
    return maker.value(maker.builder.add("count_steps", [], { history: HISTORY, per }), MOST_STEPS);
  },
  attention: (maker, { pick, size }) => {
    const heads = 1 + (size % 2);
    const width = heads * (1 + (size % 4));
    const x = maker.picked(pick[0], hasSteps)!;
    const [q, k, v] = [maker.wide(x, width), maker.wide(x, width), maker.wide(x, width)];
    const attributes = { heads, scale: 0.5, causal: pick[1] % 2 === 0 };
    return maker.value(maker.builder.add("attention", [q.id, k.id, v.id], attributes), LARGEST);
  },
  scan: (maker, { pick, size }) => {
    const x = maker.wide(maker.picked(pick[0], hasSteps)!, size);
    const start = maker.weight(size);
    const attributes = { history: HISTORY, reverse: pick[1] % 2 === 0, body: elman(size) };
    return maker.value(maker.builder.add("scan", [start, x.id, maker.weight(size, size)], attributes), 1);
  },
} satisfies Record<string, Make>;
type Op = keyof typeof makes;

export const ops = Object.keys(makes) as readonly Op[];

function graphOf(instructions: readonly Instruction[]): ValidGraph {
  const maker = new Maker();
  const { builder } = maker;
  maker.input("user", { kind: "each", per: "request" }, 6);
  maker.input("item", { kind: "each", per: "candidate" }, 4);
  maker.input("step", { kind: "steps", per: "request", history: HISTORY }, 4);
  const [user, item] = maker.values as [Value, Value];
  maker.values.push(maker.value(builder.add("reshape", [user.id], { dims: [2, 3] }), user.bound));
  maker.values.push(maker.value(builder.add("reshape", [item.id], { dims: [4, 1] }), item.bound));
  for (const given of instructions) {
    const make: Make = makes[given.op];
    const made = make(maker, given);
    if (made !== null) maker.values.push(made);
  }
  // The last of them, for each candidate.
  for (const [i, { id, rows }] of maker.values.slice(-4).entries()) {
    const each = rows.kind === "steps" ? builder.add("sum_steps", [id], {}) : id;
    const isOnce = rows.kind === "once";
    const isRequest = !isOnce && "per" in rows && rows.per === "request";
    builder.output(`out${i}`, isRequest ? builder.add("fan_out", [each], {}) : each);
  }
  return validate(builder.finish());
}

/** Written with what it was made of, so that a failure can be read. */
export const graphs: fc.Arbitrary<ValidGraph> = fc
  .array(
    fc.record({
      op: fc.constantFrom(...ops),
      pick: fc.tuple(fc.nat(30), fc.nat(30)),
      size: fc.integer({ min: 1, max: 9 }),
    }),
    { minLength: 1, maxLength: 25 },
  )
  .map(graphOf);
