// Random ranking programs: a request's and its candidates' values meet in every way that the shape rules allow. Numbers
// stay small, so that a difference means a mistake and not cancellation.

import { GraphBuilder } from "../../compiler/graph/builder.ts";
import type { Feeds } from "../../compiler/graph/evaluate.ts";
import {
  type NodeId,
  ONCE,
  type Rows,
  sizeOf,
  type TensorType,
  type ValidGraph,
} from "../../compiler/graph/graph.ts";
import { requestLayout } from "../../compiler/graph/layout.ts";
import { shiftedAxis } from "../../compiler/graph/shifted-axes.ts";
import { validate } from "../../compiler/graph/validate.ts";
import { InternalError } from "../../compiler/internal-error.ts";
import type { RowLayout } from "../../compiler/ops/define-op.ts";
import { type OpAttributes, type OpName, ops } from "../../compiler/ops/registry.ts";
import { f32 } from "../../compiler/ops/support/shapes.ts";
import { Random } from "../../runtime/random.ts";

export const HISTORY = "clicks";
const TABLE = "table";
const TABLE_ROWS = 5;
const MOST_STEPS = 5;
const WIDTH = 4;

const REQUEST: Rows = { kind: "each", per: "request" };
const CANDIDATES: Rows = { kind: "each", per: "candidate" };
const STEPS: Rows = { kind: "steps", per: "request", history: HISTORY };

/** What is fed, by name. */
const inputs: readonly (readonly [string, TensorType])[] = [
  ["user", f32(REQUEST, [WIDTH])],
  ["user.list", f32(REQUEST, [3, WIDTH])],
  ["item", f32(CANDIDATES, [WIDTH])],
  ["item.list", f32(CANDIDATES, [2, WIDTH])],
  ["item.id", { rows: CANDIDATES, dims: [], dtype: "i32" }],
  ["clicks.step", f32(STEPS, [WIDTH])],
  ["clicks.id", { rows: STEPS, dims: [], dtype: "i32" }],
];

/** `size` nodes or fewer are added to the inputs, where the shape rules take them; outputs are those that nothing reads. */
export function randomGraph(seed: number, size: number): ValidGraph {
  const random = Random.of(seed, "random graph");
  const builder = new GraphBuilder();
  const ids = inputs.map(([name, type]) => builder.add("input", [], { name, type }));
  const table = builder.add("table", [], { name: TABLE, width: WIDTH });
  const pool = ids.filter((id) => builder.typeOf(id).dtype === "f32");
  for (const id of ids)
    if (builder.typeOf(id).dtype === "i32") pool.push(builder.add("lookup", [table, id], {}));
  const made = new Maker(builder, random, pool);
  // Most tries fail, as most values do not fit together.
  for (let tries = 0; made.count < size && tries < 100 * size; tries++) made.tryOne();
  const read = new Set<NodeId>();
  const graph = builder.finish();
  for (const node of graph.nodes) for (const input of node.inputs) read.add(input);
  for (const id of made.pool) if (!read.has(id)) builder.output(`n${id}`, id);
  return validate(builder.finish());
}

class Maker {
  count = 0;
  readonly pool: NodeId[];
  private readonly builder: GraphBuilder;
  private readonly random: Random;
  private parameters = 0;

  constructor(builder: GraphBuilder, random: Random, pool: readonly NodeId[]) {
    this.builder = builder;
    this.random = random;
    this.pool = [...pool];
  }

  tryOne(): void {
    const makers = [...this.unary(), ...this.several()];
    const make = makers[this.random.integer(makers.length)]!;
    try {
      const id = make();
      if (this.pool.includes(id)) return;
      this.pool.push(id);
      this.count++;
    } catch (error) {
      if (!(error instanceof InternalError)) throw error;
    }
  }

  private any(): NodeId {
    return this.pool[this.random.integer(this.pool.length)]!;
  }

  private parameter(...dims: number[]): NodeId {
    const name = `net.p${this.parameters++}`;
    return this.builder.parameter({ name, dims, init: { kind: "zeros" }, role: "weight" });
  }

  /** Within −1 … 1 whatever it was made of. */
  private small(id: NodeId): NodeId {
    return this.builder.add("tanh", [id], {});
  }

  private unary(): (() => NodeId)[] {
    const plain = <N extends OpName>(op: N, attributes: OpAttributes[N]) => [
      () => this.builder.add(op, [this.any()], attributes),
    ];
    const flip = this.random.next() < 0.5;
    const axis = shiftedAxis(HISTORY, flip ? 1 : -1);
    return [
      ...(["negate", "sigmoid", "tanh", "relu", "softplus"] as const).flatMap((op) => plain(op, {})),
      ...(["sum_width", "sum_list", "sum_steps"] as const).map(
        (op) => () => this.small(this.builder.add(op, [this.any()], {})),
      ),
      ...(["max_list", "max_steps", "last_step"] as const).flatMap((op) => plain(op, {})),
      ...(["softmax_list", "softmax_steps", "transpose", "fan_out"] as const).flatMap((op) => plain(op, {})),
      ...plain("spread", { times: 2 }),
      ...plain("take", { indices: [1, 0, 1] }),
      ...plain("slice", { dim: 0, from: 1, to: 2 }),
      ...plain("pad", { dim: 0, before: flip ? 1 : 0, after: 1 }),
      ...plain("reshape", { dims: [2 * WIDTH] }),
      ...plain("repeat", { history: HISTORY }),
      ...plain("repeat", { history: axis }),
      ...plain("place_last", { history: HISTORY }),
      ...plain("resize_steps", { history: axis, keep: this.random.next() < 0.5 ? "first" : "last" }),
      () => this.builder.add("count_steps", [], { history: axis, per: "request" }),
      () =>
        this.builder.add("by_position", [this.parameter(MOST_STEPS, WIDTH)], {
          history: HISTORY,
          per: "request",
        }),
    ];
  }

  private several(): (() => NodeId)[] {
    const { builder } = this;
    const linear = () => {
      const x = this.any();
      const width = builder.typeOf(x).dims.at(-1) ?? 0;
      const product = builder.add("matmul", [x, this.parameter(width, 3)], { transpose: false });
      return this.small(builder.add("add", [product, this.parameter(3)], {}));
    };
    const binary = (op: "add" | "subtract" | "multiply" | "maximum") => () =>
      this.small(builder.add(op, [this.any(), this.any()], {}));
    const recurrence = () => {
      const x = this.any();
      const { rows, dims } = builder.typeOf(x);
      const [width] = dims as readonly [number];
      if (rows.kind !== "steps" || dims.length !== 1) throw new InternalError("no steps");
      const sample = ops.scan.samples({
        each: { kind: "each", per: rows.per },
        steps: rows,
        table: { kind: "table", table: TABLE },
        elements: [],
      })[this.random.next() < 0.5 ? 0 : 3]!;
      const { body } = sample.attributes;
      const x3 = width === 3 ? x : builder.add("matmul", [x, this.parameter(width, 3)], { transpose: false });
      const inputs = [this.parameter(3), x3, this.parameter(3, 3)];
      return builder.add("scan", inputs, { ...sample.attributes, body, history: rows.history });
    };
    return [
      linear,
      linear,
      recurrence,
      // Two values seldom fit together.
      ...(["add", "add", "subtract", "subtract", "multiply", "multiply", "maximum"] as const).map(binary),
      () => builder.add("concat", [this.any(), this.any()], { dim: 0 }),
      () => builder.add("broadcast_like", [this.any(), this.any()], {}),
      () => builder.add("shift_steps", [this.any(), this.any()], { reverse: this.random.next() < 0.5 }),
      () => {
        const [q, k] = [this.any(), this.any()];
        const causal = this.random.next() < 0.3;
        return builder.add("attention", [q, k, k], { heads: 1, scale: 0.7, causal });
      },
    ];
  }
}

export interface RandomRun {
  readonly candidates: number;
  readonly steps: number;
  readonly layout: RowLayout;
  readonly feeds: Feeds;
}

/** Values within −1 … 1, exact in f32. */
export function randomRun(graph: ValidGraph, seed: number, candidates: number, steps: number): RandomRun {
  const layout = requestLayout({ candidates, steps: { [HISTORY]: steps }, tables: { [TABLE]: TABLE_ROWS } });
  const random = Random.of(seed, "values of a random graph");
  const values = (type: TensorType) => {
    const length = (type.rows === ONCE ? 1 : layout.count(type.rows)) * sizeOf(type.dims);
    return Float64Array.from({ length }, () =>
      type.dtype === "i32" ? random.integer(TABLE_ROWS) : Math.fround(2 * random.next() - 1),
    );
  };
  return {
    candidates,
    steps,
    layout,
    feeds: {
      inputs: Object.fromEntries(inputs.map(([name, type]) => [name, values(type)])),
      parameters: Object.fromEntries(
        [...graph.parameters.values()].map(({ name, dims }) => [name, values(f32(ONCE, dims))]),
      ),
      tables: { [TABLE]: values(f32({ kind: "table", table: TABLE }, [WIDTH])) },
    },
  };
}
