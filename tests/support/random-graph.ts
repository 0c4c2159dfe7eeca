// Random Graphs over examples, made by fast-check: values of a user, a candidate and the steps of a history
// are combined in all ways that the shape rules allow. Each Graph is for training and, through `toRequest`,
// for ranking. Numbers stay small, so that rounding errors stay small and a larger difference means a
// mistake.

import fc from "fast-check";
import { GraphBuilder } from "../../compiler/middle/builder/builder.ts";
import { validate } from "../../compiler/middle/builder/validate.ts";
import { joinedAxis, shiftedAxis } from "../../compiler/middle/graph/derived-axes.ts";
import type { NodeId, ValidGraph } from "../../compiler/middle/graph/graph.ts";
import {
  type EachRows,
  type ElementsRows,
  type Rows,
  type StepsRows,
  sizeOf,
} from "../../compiler/middle/graph/types.ts";
import { inputOf } from "../../compiler/middle/programs/program.ts";
import { namedInput } from "./named-input.ts";
import { elman, gated } from "./scan-bodies.ts";

export const HISTORY = "clicks";
export const MOST_STEPS = 12;
export const MOST_ELEMENTS = 3;
export const TABLE = "table";
export const TABLE_WIDTH = 4;
/** Larger values are squeezed into −1 … 1. */
const LARGEST = 6;
const WIDEST = 40;
/** The steps of the longest axis. */
const LONGEST = 2 * MOST_STEPS + 1;
/** The history, and axes that follow from it. */
const AXES = [HISTORY, shiftedAxis(HISTORY, 1), shiftedAxis(HISTORY, -1), joinedAxis([1, HISTORY, HISTORY])];

const EXAMPLES: EachRows = { kind: "each", per: "example" };
const STEPS: StepsRows = { kind: "steps", per: "example", history: HISTORY };

/** Whether an input belongs to candidates. */
export function isCandidate(input: string): boolean {
  return input.startsWith("item");
}

/** One op: `pick` chooses its inputs among the values that fit, `size` a width. */
interface Instruction {
  readonly op: Op;
  readonly pick: readonly [number, number];
  readonly size: number;
}

interface Value {
  readonly id: NodeId;
  readonly rows: Rows;
  readonly dims: readonly number[];
  /** The largest absolute value of its numbers. */
  readonly bound: number;
}

/** A Graph under construction: the values that ops can take, and functions that add ops. */
class Maker {
  readonly builder = new GraphBuilder();
  readonly values: Value[] = [];
  /** The input of the history. */
  readonly steps: NodeId;
  private weights = 0;

  constructor() {
    const { builder } = this;
    const input = (name: string, rows: Rows, dims: readonly number[], dtype: "f32" | "i32") =>
      builder.add("input", [], namedInput({ name, type: { rows, dims, dtype } }));
    for (const [name, rows, width] of [
      ["user", EXAMPLES, 6],
      ["item", EXAMPLES, 4],
      ["step", STEPS, 4],
    ] as const)
      this.values.push(this.value(input(name, rows, [width], "f32"), 2));
    this.steps = this.values.at(-1)!.id;
    const table = builder.add("table", [], { name: TABLE, width: TABLE_WIDTH });
    for (const [name, rows] of [
      ["item.id", EXAMPLES],
      ["step.id", STEPS],
    ] as const)
      this.values.push(this.value(builder.add("lookup", [table, input(name, rows, [], "i32")], {}), 1));
    for (const [set, pool] of [
      ["user.tags", "max"],
      ["item.tags", "sum"],
    ] as const) {
      const rows: ElementsRows = { kind: "elements", of: EXAMPLES, set, max: MOST_ELEMENTS };
      const ids = input(set, rows, [], "i32");
      const owners = builder.add(
        "input",
        [],
        inputOf({ kind: "owner", of: set }, { rows, dims: [], dtype: "i32" }),
      );
      this.values.push(this.value(builder.add("listed_lookup", [table, ids, owners], {}), 1));
      const pooled = builder.add("pooled_lookup", [table, ids, owners], { pool });
      this.values.push(this.value(pooled, MOST_ELEMENTS));
      this.values.push(this.value(builder.add("count_elements", [owners], {}), MOST_ELEMENTS));
    }
    const [user, item] = this.values as [Value, Value];
    this.values.push(this.value(builder.add("reshape", [user.id], { dims: [2, 3] }), user.bound));
    this.values.push(this.value(builder.add("reshape", [item.id], { dims: [4, 1] }), item.bound));
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

  /** The chosen value among those that fit; null if none does. */
  picked(pick: number, fits: (value: Value) => boolean): Value | null {
    const fitting = this.values.filter(fits);
    return fitting[pick % fitting.length] ?? null;
  }

  /**
   * Two values over common rows: a row's value is repeated for each of its steps, and steps follow the axis
   * of `a`.
   */
  together(a: Value, b: Value): readonly [NodeId, NodeId] {
    const over = ({ id, rows }: Value, other: Rows) => {
      if (other.kind !== "steps" || rows.kind === "once") return id;
      const { history } = other;
      if (rows.kind === "each") return this.builder.add("repeat", [id], { history });
      if (rows.kind !== "steps" || rows.history === history) return id;
      return this.builder.add("resize_steps", [id], { history, keep: "last" });
    };
    return [a.rows.kind === "steps" ? a.id : over(a, b.rows), over(b, a.rows)];
  }

  /** x as a vector of that width. */
  wide(x: Value, width: number): Value {
    const flat = sizeOf(x.dims);
    const vector = isVector(x) ? x.id : this.builder.add("reshape", [x.id], { dims: [flat] });
    if (flat === width) return this.value(vector, x.bound);
    const projected = this.builder.add("matmul", [vector, this.weight(flat, width)], { transpose: false });
    return this.value(projected, flat * x.bound);
  }

  /** Every unused value becomes an output; for steps, their sum. */
  graph(): ValidGraph {
    const { builder } = this;
    const read = new Set(builder.finish().nodes.flatMap(({ inputs }) => inputs));
    for (const { id, rows } of this.values) {
      if (read.has(id)) continue;
      builder.output(`n${id}`, rows.kind === "steps" ? builder.add("sum_steps", [id], {}) : id);
    }
    return validate(builder.finish());
  }
}

const isVector = ({ dims }: Value) => dims.length === 1;
const isList = (value: Value) => !isVector(value);
const isEach = ({ rows }: Value) => rows.kind === "each";
const hasSteps = ({ rows }: Value) => rows.kind === "steps";
const any = () => true;
const axisOf = (pick: number) => AXES[pick % AXES.length]!;

type Make = (maker: Maker, given: Instruction) => Value | null;

function unary(
  op: "negate" | "tanh" | "sigmoid" | "relu" | "softplus" | "sin" | "cos" | "stop_gradient",
  bound: (x: number) => number,
): Make {
  return (maker, { pick }) => {
    const x = maker.picked(pick[0], any)!;
    return maker.value(maker.builder.add(op, [x.id], {}), bound(x.bound));
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
  const half = builder.add("constant", [], { value: 0.5, dims: [...x.dims.slice(0, -1), 1] });
  return builder.add("add", [square, half], {});
}

function ofSteps(op: "sum_steps" | "max_steps" | "softmax_steps" | "last_step"): Make {
  return (maker, { pick }) => {
    const x = maker.picked(pick[0], hasSteps)!;
    const bound = {
      sum_steps: LONGEST * x.bound,
      softmax_steps: 1,
      max_steps: x.bound,
      last_step: x.bound,
    }[op];
    return maker.value(maker.builder.add(op, [x.id], {}), bound);
  };
}

function ofList(op: "sum_list" | "max_list" | "softmax_list"): Make {
  return (maker, { pick }) => {
    const x = maker.picked(pick[0], isList)!;
    const bound = { sum_list: x.dims[0]! * x.bound, max_list: x.bound, softmax_list: 1 }[op];
    return maker.value(maker.builder.add(op, [x.id], {}), bound);
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
  sin: unary("sin", () => 1),
  cos: unary("cos", () => 1),
  stop_gradient: unary("stop_gradient", (x) => x),
  /** What is taken meets what is not where x is 0, so that rounding x to either side makes no jump. */
  choose: (maker, { pick, size }) => {
    const x = maker.picked(pick[0], isVector)!;
    const y = maker.wide(maker.picked(pick[1], any)!, size % 3 === 0 ? 1 : x.dims[0]!);
    const [a, b] = maker.together(x, y);
    const { builder } = maker;
    const product = builder.add("multiply", [a, b], {});
    const chosen = builder.add("choose", [builder.add("relu", [a], {}), a, product], {});
    return maker.value(chosen, Math.max(x.bound, x.bound * y.bound));
  },
  sum_steps: ofSteps("sum_steps"),
  max_steps: ofSteps("max_steps"),
  softmax_steps: ofSteps("softmax_steps"),
  last_step: ofSteps("last_step"),
  sum_list: ofList("sum_list"),
  max_list: ofList("max_list"),
  softmax_list: ofList("softmax_list"),
  transpose: (maker, { pick }) => {
    const x = maker.picked(pick[0], ({ dims }) => dims.length === 2)!;
    return maker.value(maker.builder.add("transpose", [x.id], {}), x.bound);
  },
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
    return maker.value(maker.builder.add("divide", [a, positive(maker, { ...y, id: b })], {}), 2 * x.bound);
  },
  dense: (maker, { pick, size }) => {
    const x = maker.picked(pick[0], any)!;
    const width = x.dims.at(-1)!;
    const { builder } = maker;
    const transpose = pick[1] % 2 === 0;
    const weight = transpose ? maker.weight(size, width) : maker.weight(width, size);
    const product = builder.add("matmul", [x.id, weight], { transpose });
    const biased = isVector(x) ? builder.add("add", [product, maker.weight(size)], {}) : product;
    return maker.value(biased, width * x.bound + 1);
  },
  /**
   * A layer over two vectors, their difference and their product: what attention looks at, and `split-linear`
   * takes apart.
   */
  meeting: (maker, { pick, size }) => {
    const x = maker.picked(pick[0], isVector)!;
    const [width] = x.dims as readonly [number];
    if (4 * width > WIDEST) return null;
    const { builder } = maker;
    const y = maker.wide(maker.picked(pick[1], any)!, width);
    const [a, b] = maker.together(x, y);
    const both = [builder.add("subtract", [a, b], {}), builder.add("multiply", [a, b], {})];
    const parts = builder.add("concat", [a, b, ...both], { dim: 0 });
    const product = builder.add("matmul", [parts, maker.weight(4 * width, size)], { transpose: false });
    return maker.value(product, 4 * width * Math.max(x.bound + y.bound, x.bound * y.bound));
  },
  concat: (maker, { pick }) => {
    const x = maker.picked(pick[0], isVector)!;
    const y = maker.picked(pick[1], isVector)!;
    if (x.dims[0]! + y.dims[0]! > WIDEST) return null;
    const both = maker.builder.add("concat", maker.together(x, y), { dim: 0 });
    return maker.value(both, Math.max(x.bound, y.bound));
  },
  slice: (maker, { pick, size }) => {
    const x = maker.picked(pick[0], any)!;
    const dim = pick[1] % x.dims.length;
    const from = pick[1] % x.dims[dim]!;
    const to = Math.min(x.dims[dim]!, from + size);
    return maker.value(maker.builder.add("slice", [x.id], { dim, from, to }), x.bound);
  },
  pad: (maker, { pick, size }) => {
    const x = maker.picked(pick[0], ({ dims }) => sizeOf(dims) <= WIDEST / 4)!;
    const attributes = { dim: pick[1] % x.dims.length, before: size % 3, after: size % 2 };
    return maker.value(maker.builder.add("pad", [x.id], attributes), x.bound);
  },
  broadcast_list: (maker, { pick, size }) => {
    const x = maker.picked(pick[0], ({ dims }) => dims.length < 3 && sizeOf(dims) <= WIDEST / 3)!;
    return maker.value(maker.builder.add("broadcast_list", [x.id], { times: 1 + (size % 3) }), x.bound);
  },
  broadcast_like: (maker, { pick, size }) => {
    const like = maker.picked(pick[0], isVector)!;
    const x = maker.wide(maker.picked(pick[1], any)!, 1);
    const weight = maker.weight(like.dims[0]!);
    // What has steps cannot be made like what has none.
    const isWeight = size % 2 === 0 || (hasSteps(x) && !hasSteps(like)) || like.rows.kind === "once";
    const [a, b] = isWeight ? [weight, like.id] : maker.together(x, like);
    return maker.value(maker.builder.add("broadcast_like", [a, b], {}), isWeight ? 1 : x.bound);
  },
  sum_width: (maker, { pick }) => {
    const x = maker.picked(pick[0], any)!;
    return maker.value(maker.builder.add("sum_width", [x.id], {}), x.dims.at(-1)! * x.bound);
  },
  weight: (maker, { pick, size }) => {
    const like = maker.picked(pick[0], isVector)!;
    return maker.value(maker.weight(size % 3 === 0 ? 1 : like.dims[0]!), 1);
  },
  constant: (maker, { pick, size }) => {
    const like = maker.picked(pick[0], isVector)!;
    const dims = [size % 3 === 0 ? 1 : like.dims[0]!];
    return maker.value(maker.builder.add("constant", [], { value: (pick[1] % 3) / 2, dims }), 1);
  },
  list: (maker, { pick, size }) => {
    const x = maker.wide(maker.picked(pick[0], any)!, (1 + (pick[1] % 3)) * size);
    const dims = [1 + (pick[1] % 3), size];
    return maker.value(maker.builder.add("reshape", [x.id], { dims }), x.bound);
  },
  gather_list: (maker, { pick, size }) => {
    const x = maker.picked(pick[0], isList)!;
    const indices = Array.from({ length: 1 + (size % 3) }, (_, i) => (pick[1] + i * size) % x.dims[0]!);
    return maker.value(maker.builder.add("gather_list", [x.id], { indices }), x.bound);
  },
  repeat: (maker, { pick }) => {
    const x = maker.picked(pick[0], isEach)!;
    return maker.value(maker.builder.add("repeat", [x.id], { history: axisOf(pick[1]) }), x.bound);
  },
  scatter_last_step: (maker, { pick }) => {
    const x = maker.picked(pick[0], isEach)!;
    return maker.value(maker.builder.add("scatter_last_step", [x.id], { history: axisOf(pick[1]) }), x.bound);
  },
  resize_steps: (maker, { pick, size }) => {
    const x = maker.picked(pick[0], hasSteps)!;
    const attributes = { history: axisOf(pick[1]), keep: size % 2 === 0 ? "first" : "last" } as const;
    return maker.value(maker.builder.add("resize_steps", [x.id], attributes), x.bound);
  },
  /** By an input's own numbers, which rounding does not put in another order. */
  sort_steps: (maker, { pick, size }) => {
    const x = maker.picked(pick[0], hasSteps)!;
    if (x.rows.kind !== "steps") return null;
    const { history } = x.rows;
    const from = pick[1] % 3;
    const own = maker.builder.add("slice", [maker.steps], { dim: 0, from, to: from + 1 + (size % 2) });
    const keys =
      history === HISTORY ? own : maker.builder.add("resize_steps", [own], { history, keep: "last" });
    return maker.value(maker.builder.add("sort_steps", [x.id, keys], { inverse: size % 3 === 0 }), x.bound);
  },
  shift_steps: (maker, { pick, size }) => {
    const x = maker.picked(pick[0], (value) => isVector(value) && hasSteps(value))!;
    const [width] = x.dims as readonly [number];
    const ends =
      size % 3 === 0
        ? { id: maker.weight(width), bound: 1 }
        : maker.wide(maker.picked(pick[1], isEach)!, width);
    const shifted = maker.builder.add("shift_steps", [x.id, ends.id], { reverse: size % 2 === 0 });
    return maker.value(shifted, Math.max(x.bound, ends.bound));
  },
  gather_positions: (maker, { pick, size }) => {
    const attributes = { history: axisOf(pick[0]), per: "example" } as const;
    const vectors = maker.weight(LONGEST, size);
    return maker.value(maker.builder.add("gather_positions", [vectors], attributes), 1);
  },
  count_steps: (maker, { pick }) => {
    const attributes = { history: axisOf(pick[0]), per: "example" } as const;
    return maker.value(maker.builder.add("count_steps", [], attributes), LONGEST);
  },
  attention: (maker, { pick, size }) => {
    const heads = 1 + (size % 2);
    const width = heads * (1 + (size % 4));
    const x = maker.picked(pick[0], hasSteps)!;
    const [k, v] = [maker.wide(x, width), maker.wide(x, width)];
    const row = maker.picked(pick[1], isEach)!;
    // Of the steps among each other, or of one list of queries to them.
    const isSelf = pick[1] % 3 > 0;
    const q = isSelf
      ? maker.wide(x, width).id
      : maker.builder.add("reshape", [maker.wide(row, 2 * width).id], { dims: [2, width] });
    const attributes = { heads, scale: 0.5, causal: isSelf && pick[1] % 2 === 0 };
    return maker.value(maker.builder.add("attention", [q, k.id, v.id], attributes), LARGEST);
  },
  scan: (maker, { pick, size }) => {
    const steps = maker.picked(pick[0], hasSteps)!;
    const row = maker.picked(pick[1], isEach)!;
    if (steps.rows.kind !== "steps") return null;
    const { history } = steps.rows;
    const reverse = pick[1] % 2 === 0;
    const inputs =
      size % 2 === 0
        ? [maker.weight(size), maker.wide(steps, size).id, maker.weight(size, size)]
        : [
            maker.builder.add("tanh", [maker.wide(row, size).id], {}),
            maker.builder.add("sigmoid", [maker.wide(steps, 1).id], {}),
            maker.wide(row, size).id,
            maker.weight(size),
          ];
    const attributes = { history, reverse, body: size % 2 === 0 ? elman(size) : gated(size) };
    return maker.value(maker.builder.add("scan", inputs, attributes), 1);
  },
} satisfies Record<string, Make>;
type Op = keyof typeof makes;

export const ops = Object.keys(makes) as readonly Op[];

function graphOf(instructions: readonly Instruction[]): ValidGraph {
  const maker = new Maker();
  for (const given of instructions) {
    const make: Make = makes[given.op];
    const made = make(maker, given);
    if (made !== null) maker.values.push(made);
  }
  return maker.graph();
}

/** Printed as its instructions, so that a failure can be read. */
export const graphs: fc.Arbitrary<ValidGraph> = fc
  .array(
    fc.record({
      op: fc.constantFrom(...ops),
      pick: fc.tuple(fc.nat(60), fc.nat(60)),
      size: fc.integer({ min: 1, max: 9 }),
    }),
    // Smaller Graphs appear when a failure is shrunk.
    { minLength: 1, maxLength: 30, size: "max" },
  )
  .map(graphOf);
