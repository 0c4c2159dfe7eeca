// DIN-like graphs for tests, of widths, poolings, activations and crosses of fields drawn at random, with something to
// feed them.

import { Random } from "../../compiler/common/random.ts";
import { GraphBuilder } from "../../compiler/middle/builder/builder.ts";
import type { Feeds, NamedValues } from "../../compiler/middle/builder/evaluate.ts";
import type { OpAttributes, OpName } from "../../compiler/middle/graph/attributes.ts";
import type { RowLayout } from "../../compiler/middle/graph/define-op.ts";
import type { Graph, Initializer, NodeId } from "../../compiler/middle/graph/graph.ts";
import { type Rows, sizeOf } from "../../compiler/middle/graph/types.ts";
import { inputOf } from "../../compiler/middle/programs/program.ts";
import { namedInput } from "../support/named-input.ts";

export const EXAMPLES: Rows = { kind: "each", per: "example" };
export const STEPS: Rows = { kind: "steps", per: "example", history: "clicks" };
export const TABLE_ROWS = 5;

/** Outputs `logit.click` and, for training, `loss`; the loss is a mean of binary cross-entropies. */
export function dinGraph(seed: number): Graph {
  return new DinBuilder(Random.of(seed, "din")).build();
}

/** Everything `graph` reads, at random. */
export function randomFeeds(graph: Graph, layout: RowLayout, seed: number): Feeds {
  const random = Random.of(seed, "feeds");
  const fed: Record<"input" | "parameter" | "table", Record<string, Float64Array>> = {
    input: {},
    parameter: {},
    table: {},
  };
  for (const { op, attributes, type } of graph.nodes) {
    if (op !== "input" && op !== "parameter" && op !== "table") continue;
    const { name } = attributes as { readonly name: string };
    const isLabel = op === "input" && (attributes as OpAttributes["input"]).role.kind === "label";
    const length = layout.count(type.rows) * sizeOf(type.dims);
    const draw = () => {
      if (type.dtype === "i32") return random.integer(TABLE_ROWS);
      if (isLabel) return random.integer(2);
      // Variances are positive.
      return name.endsWith(".variance") ? 0.5 + random.next() : random.normal();
    };
    fed[op][name] = Float64Array.from({ length }, draw);
  }
  return { inputs: fed.input, parameters: fed.parameter, tables: fed.table };
}

/** The largest distance of two results, relative to their size. */
export function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const apart = Math.abs(a[i]! - b[i]!) / Math.max(1, Math.abs(b[i]!));
    largest = Number.isNaN(apart) ? Number.POSITIVE_INFINITY : Math.max(largest, apart);
  }
  return largest;
}

/** The values with one number changed. */
export function withNumber(values: NamedValues, name: string, index: number, value: number): NamedValues {
  const changed = Float64Array.from(values[name]!);
  changed[index] = value;
  return { ...values, [name]: changed };
}

class DinBuilder {
  private readonly builder = new GraphBuilder();
  private readonly random: Random;
  private layers = 0;

  constructor(random: Random) {
    this.random = random;
  }

  build(): Graph {
    const { builder } = this;
    const features = ["item_id", "cate_id"].slice(0, 1 + this.random.integer(2));
    const widths = features.map(() => 2 + this.random.integer(3));
    const embedded = (rows: Rows, prefix: string) =>
      this.concat(features.map((name, i) => this.embed(rows, name, `${prefix}${name}`, widths[i]!)));
    const target = embedded(EXAMPLES, "");
    const clicks = embedded(STEPS, "clicks.");
    const query = this.add("repeat", [target], { history: "clicks" });
    const difference = this.add("subtract", this.random.integer(2) ? [query, clicks] : [clicks, query], {});
    const together = this.concat([query, clicks, difference, this.add("multiply", [query, clicks], {})]);
    const hidden = this.activation(this.dense(together, 2 + this.random.integer(8)));
    const score = this.dense(hidden, 1);
    const interest = this.pool(score, clicks);
    const price = this.input("price", EXAMPLES, [1]);
    const user = this.embed(EXAMPLES, "user_id", "user_id", 3);
    // Bounded, so that nothing after them saturates.
    const crossed = this.add("tanh", [this.cross([user, target, interest], 2 + this.random.integer(2))], {});
    const attended = this.add("tanh", [this.attend(target, clicks)], {});
    const first = this.activation(
      this.dense(this.concat([user, price, target, interest, crossed, attended]), 6),
    );
    const logit = this.dense(this.activation(this.dense(first, 4)), 1);
    builder.output({ kind: "logit", of: "click" }, logit);
    const label = this.add(
      "input",
      [],
      inputOf({ kind: "label", of: "click" }, { rows: EXAMPLES, dims: [1], dtype: "f32" }),
    );
    const losses = this.add(
      "subtract",
      [this.add("softplus", [logit], {}), this.add("multiply", [label, logit], {})],
      {},
    );
    const count = this.add("count_rows", [], { rows: EXAMPLES });
    builder.output({ kind: "loss" }, this.add("divide", [this.add("sum_rows", [losses], {}), count], {}));
    return builder.finish();
  }

  private add<N extends OpName>(op: N, inputs: readonly NodeId[], attributes: OpAttributes[N]): NodeId {
    return this.builder.add(op, inputs, attributes);
  }

  private concat(parts: readonly NodeId[]): NodeId {
    return this.add("concat", parts, { dim: 0 });
  }

  private input(name: string, rows: Rows, dims: readonly number[]): NodeId {
    return this.add("input", [], namedInput({ name, type: { rows, dims, dtype: "f32" } }));
  }

  private embed(rows: Rows, table: string, name: string, width: number): NodeId {
    const ids = this.add("input", [], namedInput({ name, type: { rows, dims: [], dtype: "i32" } }));
    return this.add("lookup", [this.add("table", [], { name: table, width }), ids], {});
  }

  private parameter(
    name: string,
    dims: readonly number[],
    role: "weight" | "statistic" = "weight",
    init: Initializer = { kind: "zeros" },
  ): NodeId {
    return this.builder.parameter({ name: `net.${name}`, dims, init, role });
  }

  private dense(x: NodeId, units: number): NodeId {
    const name = `dense_${++this.layers}`;
    const width = this.builder.typeOf(x).dims.at(-1)!;
    const product = this.add("matmul", [x, this.parameter(`${name}.kernel`, [width, units])], {
      transpose: false,
    });
    const bias = this.parameter(`${name}.bias`, [units]);
    const [items] = this.builder.typeOf(x).dims.slice(0, -1);
    return this.add(
      "add",
      [product, items === undefined ? bias : this.add("broadcast_list", [bias], { times: items })],
      {},
    );
  }

  private activation(x: NodeId): NodeId {
    const kinds = ["dice", "dice", "sigmoid", "tanh"] as const;
    const kind = kinds[this.random.integer(kinds.length)]!;
    return kind === "dice" ? this.dice(x) : this.add(kind, [x], {});
  }

  private dice(x: NodeId): NodeId {
    const name = `dice_${++this.layers}`;
    const dims = this.builder.typeOf(x).dims;
    const constant = (value: number) => this.add("constant", [], { value, dims: [1] });
    const average = { of: "mean", momentum: 0.9, times: 1 } as const;
    const movingMean = this.parameter(`${name}.mean`, dims, "statistic");
    const mean = this.add("batch_mean", [x, movingMean], { average });
    const centred = this.add("subtract", [x, mean], {});
    const squares = this.add("multiply", [centred, centred], {});
    const moving = this.parameter(`${name}.variance`, dims, "statistic", { kind: "constant", value: 1 });
    const variance = this.add("batch_mean", [squares, moving], { average: { ...average, of: "variance" } });
    const deviation = this.add("sqrt", [this.add("add", [variance, constant(1e-8)], {})], {});
    const p = this.add("sigmoid", [this.add("divide", [centred, deviation], {})], {});
    const rest = this.add("subtract", [constant(1), p], {});
    const alpha = this.parameter(`${name}.alpha`, dims);
    const leaked = this.add("multiply", [rest, this.add("multiply", [x, alpha], {})], {});
    return this.add("add", [this.add("multiply", [p, x], {}), leaked], {});
  }

  /** The fields as a list of one width, their pairs multiplied, mixed along the list, gated and pooled to [width]. */
  private cross(fields: readonly NodeId[], width: number): NodeId {
    const items = fields.map((x) => this.add("reshape", [this.dense(x, width)], { dims: [1, width] }));
    const list = this.concat(items);
    const [first, second] = [
      [0, 0, 1],
      [1, 2, 2],
    ] as const;
    const pairs = this.add(
      "multiply",
      [
        this.add("gather_list", [list], { indices: first }),
        this.add("gather_list", [list], { indices: second }),
      ],
      {},
    );
    const gates = this.add("softmax_list", [this.add("sum_width", [pairs], {})], {});
    const offset = this.parameter(`offset_${++this.layers}`, [4, width]);
    const first4 = this.add("slice", [this.concat([pairs, list])], { dim: 0, from: 0, to: 4 });
    const along = this.add("transpose", [this.add("subtract", [first4, offset], {})], {});
    const mixed = this.add("transpose", [this.dense(along, 3)], {});
    const gated = this.add("multiply", [gates, mixed], {});
    const pooled = this.random.integer(2)
      ? this.add("max_list", [gated], {})
      : this.add("sum_list", [gated], {});
    const spread = this.add("broadcast_list", [this.add("tanh", [pooled], {})], { times: 3 });
    return this.add("sum_list", [this.add("multiply", [spread, gates], {})], {});
  }

  /** The target after the clicks, with positions, each step attending to all: pooled to [4]. */
  private attend(target: NodeId, clicks: NodeId): NodeId {
    const history = "clicks + 1";
    const longer = this.add("resize_steps", [clicks], { history, keep: "first" });
    const sequence = this.add("add", [longer, this.add("scatter_last_step", [target], { history })], {});
    const width = this.builder.typeOf(sequence).dims[0]!;
    const positions = this.parameter(`positions_${++this.layers}`, [6, width]);
    const position = this.add("gather_positions", [positions], { history, per: "example" });
    const placed = this.add("add", [sequence, position], {});
    const [q, k, v] = [this.dense(placed, 4), this.dense(placed, 4), this.dense(placed, 4)] as const;
    const heads = 1 + this.random.integer(2);
    const attended = this.add("attention", [q, k, v], { heads, scale: 0.5, causal: false });
    if (this.random.integer(2)) return this.add("last_step", [attended], {});
    const earlier = this.add("resize_steps", [attended], { history: "clicks", keep: "last" });
    return this.add("sum_steps", [earlier], {});
  }

  private pool(score: NodeId, clicks: NodeId): NodeId {
    const kind = this.random.integer(3);
    if (kind === 2) return this.add("max_steps", [this.add("multiply", [score, clicks], {})], {});
    const weights = kind === 0 ? score : this.add("softmax_steps", [score], {});
    return this.add("sum_steps", [this.add("multiply", [weights, clicks], {})], {});
  }
}
