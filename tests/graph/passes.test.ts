// Every pass keeps what a graph computes, forward and backward, and does what it is for.

import { describe, expect, test } from "vitest";
import { GraphBuilder } from "../../compiler/middle/builder/builder.ts";
import { evaluate, type Feeds } from "../../compiler/middle/builder/evaluate.ts";
import { printGraph } from "../../compiler/middle/builder/print.ts";
import { validate } from "../../compiler/middle/builder/validate.ts";
import type { RowLayout } from "../../compiler/middle/graph/define-op.ts";
import type { Graph, NodeId } from "../../compiler/middle/graph/graph.ts";
import { exampleLayout, requestLayout } from "../../compiler/middle/graph/layout.ts";
import { ONCE, type Rows, rowsKey } from "../../compiler/middle/graph/types.ts";
import { dropDeadNodes } from "../../compiler/middle/passes/drop-dead-nodes.ts";
import { foldAffine } from "../../compiler/middle/passes/fold-affine.ts";
import { foldConstants } from "../../compiler/middle/passes/fold-constants.ts";
import { freezeStatistics } from "../../compiler/middle/passes/freeze-statistics.ts";
import { lastStepAlone } from "../../compiler/middle/passes/last-step-alone.ts";
import { layersBeforeSearch } from "../../compiler/middle/passes/layers-before-search.ts";
import {
  optimisingPasses,
  type Pass,
  passes,
  rankingPasses,
  runPasses,
} from "../../compiler/middle/passes/pipeline.ts";
import { productsOfRows } from "../../compiler/middle/passes/products-of-rows.ts";
import { toRequest } from "../../compiler/middle/passes/request.ts";
import { splitLinear } from "../../compiler/middle/passes/split-linear.ts";
import { namedInput } from "../support/named-input.ts";
import { dinGraph, distance, EXAMPLES, randomFeeds, STEPS, TABLE_ROWS } from "./din-graph.ts";
import { batches } from "./layouts.ts";
import { trainingGraph } from "./training-graph.ts";

const seeds = [1, 2, 3, 4, 5, 6, 7, 8];
const each = (dims: readonly number[]) => ({ rows: EXAMPLES, dims, dtype: "f32" }) as const;

/** All outputs of both are the same within 1e-10. */
function expectSame(changed: Graph, graph: Graph, feeds: Feeds, layout: RowLayout): void {
  const expected = evaluate(validate(graph), feeds, layout).outputs;
  const actual = evaluate(validate(changed), feeds, layout).outputs;
  expect([...actual.keys()]).toEqual([...expected.keys()]);
  for (const [name, values] of expected)
    expect(distance(actual.get(name)!, values), name).toBeLessThan(1e-10);
}

describe.each<Pass>([...new Set([...optimisingPasses, ...rankingPasses])])("$name", ({ run }) => {
  test.each(seeds)("keeps a DIN's outputs and their gradients, seed %i", (seed) => {
    for (const { layout } of batches) {
      const graph = dinGraph(seed);
      const feeds = randomFeeds(graph, layout, seed);
      expectSame(run(graph), graph, feeds, layout);
      expectSame(run(trainingGraph(graph)), trainingGraph(graph), feeds, layout);
      expectSame(trainingGraph(run(graph)), trainingGraph(graph), feeds, layout);
    }
  });

  test.each(seeds)("keeps a ranking graph's outputs, seed %i", (seed) => {
    const ranking = rankingGraph(seed);
    for (const [candidates, steps] of [
      [3, 4],
      [2, 0],
      [1, 2],
    ] as const) {
      const tables = { item_id: TABLE_ROWS, cate_id: TABLE_ROWS, user_id: TABLE_ROWS };
      const layout = requestLayout({ candidates, steps: { clicks: steps }, tables });
      expectSame(run(ranking), ranking, randomFeeds(ranking, layout, seed), layout);
    }
  });
});

function rankingGraph(seed: number): Graph {
  const graph = freezeStatistics(dinGraph(seed));
  const logit = new Map([["logit.click", graph.outputs.get("logit.click")!]]);
  const isCandidate = (name: string) => ["item_id", "cate_id", "price"].includes(name);
  return toRequest(dropDeadNodes({ ...graph, outputs: logit }), isCandidate);
}

/** How many numbers of an input are multiplied by a kernel, by rows: `example 4` is one input 4 wide. */
function multiplied(graph: Graph): string[] {
  return graph.nodes
    .filter(({ op }) => op === "matmul")
    .map(({ inputs: [x] }) => graph.nodes[x!]!.type)
    .map(({ rows, dims }) => `${rowsKey(rows)} ${dims[0]}`);
}

describe("fold-affine", () => {
  /** What the ops of a graph are that works on rows. */
  const working = (graph: Graph) =>
    dropDeadNodes(graph)
      .nodes.filter(({ op, type }) => op !== "input" && type.rows.kind !== "once")
      .map(({ op }) => op);

  /** γ (x − mean) / deviation + β, and whatever else is to be done with x − mean. */
  function batchNorm(more: (builder: GraphBuilder, centred: NodeId) => void = () => {}): Graph {
    const builder = new GraphBuilder();
    const weight = (name: string) => {
      builder.declare({ name, dims: [4], init: { kind: "zeros" }, role: "weight" });
      return builder.add("parameter", [], { name, dims: [4] });
    };
    const x = builder.add("input", [], namedInput({ name: "x", type: each([4]) }));
    const centred = builder.add("subtract", [x, weight("mean")], {});
    const scaled = builder.add("multiply", [weight("gamma"), centred], {});
    const divided = builder.add("divide", [scaled, weight("deviation")], {});
    builder.output("y", builder.add("add", [divided, weight("beta")], {}));
    more(builder, centred);
    return builder.finish();
  }

  test("makes one product and one sum of a batch norm, in any order of its operands", () => {
    const graph = batchNorm();
    expect(working(graph)).toEqual(["subtract", "multiply", "divide", "add"]);
    expect(working(foldAffine(graph))).toEqual(["multiply", "add"]);
    const { layout } = batches[0]!;
    expectSame(foldAffine(graph), graph, randomFeeds(graph, layout, 1), layout);
  });

  test("does not compute anew what something else needs as it is", () => {
    const graph = batchNorm((builder, centred) => builder.output("z", builder.add("sigmoid", [centred], {})));
    expect(working(foldAffine(graph))).toEqual(["add", "multiply", "add", "sigmoid"]);
  });

  test("leaves what is subtracted from a weight, and what divides one", () => {
    const builder = new GraphBuilder();
    const x = builder.add("input", [], namedInput({ name: "x", type: each([4]) }));
    const one = builder.add("constant", [], { value: 1, dims: [4] });
    const rest = builder.add("subtract", [one, x], {});
    builder.output("y", builder.add("divide", [one, rest], {}));
    expect(working(foldAffine(builder.finish()))).toEqual(["subtract", "divide"]);
  });
});

describe("split-linear", () => {
  /** DIN's first attention layer over [q, k, q − k, q ⊙ k], q and k being 4 wide, and its bias. */
  function attention(units: number): Graph {
    const builder = new GraphBuilder();
    const q = builder.add("input", [], namedInput({ name: "q", type: each([4]) }));
    const k = builder.add(
      "input",
      [],
      namedInput({ name: "k", type: { rows: STEPS, dims: [4], dtype: "f32" } }),
    );
    const query = builder.add("repeat", [q], { history: "clicks" });
    const difference = builder.add("subtract", [query, k], {});
    const product = builder.add("multiply", [query, k], {});
    const together = builder.add("concat", [query, k, difference, product], { dim: 0 });
    const zeros = { kind: "zeros" } as const;
    const kernel = builder.parameter({ name: "kernel", dims: [16, units], init: zeros, role: "weight" });
    const bias = builder.parameter({ name: "bias", dims: [units], init: zeros, role: "weight" });
    const scores = builder.add("matmul", [together, kernel], { transpose: false });
    builder.output("y", builder.add("add", [scores, bias], {}));
    return builder.finish();
  }

  const layout = exampleLayout({ examples: 3, lengths: { clicks: [2, 0, 5] }, tables: {} });

  test("multiplies q once for an example, k and q ⊙ k once for a step", () => {
    const graph = attention(3);
    const split = dropDeadNodes(splitLinear(graph));
    expect(multiplied(split).toSorted()).toEqual(["example 4", "example×clicks 4", "example×clicks 4"]);
    expectSame(split, graph, randomFeeds(graph, layout, 1), layout);
  });

  test("multiplies operands with the same rows together where that copies less than it adds", () => {
    const graph = attention(20);
    const split = dropDeadNodes(splitLinear(graph));
    expect(multiplied(split).toSorted()).toEqual(["example 4", "example×clicks 8"]);
    expectSame(split, graph, randomFeeds(graph, layout, 1), layout);
  });

  test("adds the bias before it repeats", () => {
    const split = dropDeadNodes(splitLinear(attention(3)));
    const bias = split.nodes.find(
      ({ op, attributes }) => op === "parameter" && "name" in attributes && attributes.name === "bias",
    )!;
    const uses = split.nodes.filter(({ inputs }) => inputs.includes(bias.id));
    expect(uses.map(({ op, type }) => `${op} ${rowsKey(type.rows)}`)).toEqual(["add example"]);
  });

  test("multiplies a request's history once for all candidates", () => {
    const builder = new GraphBuilder();
    const candidate: Rows = { kind: "each", per: "candidate" };
    const steps: Rows = { kind: "steps", per: "request", history: "clicks" };
    const q = builder.add(
      "input",
      [],
      namedInput({ name: "q", type: { rows: candidate, dims: [4], dtype: "f32" } }),
    );
    const k = builder.add(
      "input",
      [],
      namedInput({ name: "k", type: { rows: steps, dims: [3], dtype: "f32" } }),
    );
    const parts = [
      builder.add("repeat", [q], { history: "clicks" }),
      builder.add("repeat_candidates", [k], {}),
    ];
    const kernel = builder.parameter({ name: "w", dims: [7, 5], init: { kind: "zeros" }, role: "weight" });
    const together = builder.add("concat", parts, { dim: 0 });
    builder.output("y", builder.add("matmul", [together, kernel], { transpose: false }));
    const graph = builder.finish();
    const split = dropDeadNodes(splitLinear(graph));
    expect(multiplied(split).toSorted()).toEqual(["candidate 4", "request×clicks 3"]);
    const request = requestLayout({ candidates: 3, steps: { clicks: 4 }, tables: {} });
    expectSame(split, graph, randomFeeds(graph, request, 1), request);
  });

  test("leaves a layer alone whose input has nothing to share", () => {
    const builder = new GraphBuilder();
    const parts = ["a", "b"].map((name) => builder.add("input", [], namedInput({ name, type: each([3]) })));
    const x = builder.add(
      "subtract",
      [builder.add("concat", parts, { dim: 0 }), builder.add("concat", parts.toReversed(), { dim: 0 })],
      {},
    );
    const kernel = builder.parameter({ name: "w", dims: [6, 5], init: { kind: "zeros" }, role: "weight" });
    builder.output("y", builder.add("matmul", [x, kernel], { transpose: false }));
    const graph = builder.finish();
    expect(printGraph(splitLinear(graph))).toBe(printGraph(graph));
  });
});

describe("a search among a request's steps", () => {
  const request = requestLayout({ candidates: 3, steps: { clicks: 5 }, tables: {} });
  const given = (builder: GraphBuilder, name: string, rows: Rows) =>
    builder.add("input", [], namedInput({ name, type: { rows, dims: [3], dtype: "f32" } }));

  /**
   * The best two of the steps by a product, through a layer, beside how many there are, and their products
   * with the candidate.
   */
  function searching(): Graph {
    const builder = new GraphBuilder();
    const q = given(builder, "q", { kind: "each", per: "candidate" });
    const k = given(builder, "k", { kind: "steps", per: "request", history: "clicks" });
    const dot = (a: NodeId, b: NodeId) => builder.add("sum_width", [builder.add("multiply", [a, b], {})], {});
    const asking = builder.add("repeat", [q], { history: "clicks" });
    const scores = dot(asking, builder.add("repeat_candidates", [k], {}));
    const places = builder.add("select_steps", [scores], { count: 2 });
    const near = builder.add("gather_steps", [k, places], {});
    const weight = (name: string, dims: readonly number[]) =>
      builder.parameter({ name, dims, init: { kind: "zeros" }, role: "weight" });
    const placed = builder.add("concat", [near, places], { dim: 1 });
    const layer = builder.add("matmul", [placed, weight("w", [4, 3])], { transpose: false });
    builder.output("layer", layer);
    builder.output("product", dot(layer, builder.add("broadcast_list", [q], { times: 2 })));
    return builder.finish();
  }

  test("multiplies the steps by a layer's weights before candidates choose", () => {
    const graph = searching();
    const before = dropDeadNodes(layersBeforeSearch(graph));
    expect(multiplied(before).toSorted()).toEqual(["candidate 2", "request×clicks 3"]);
    expectSame(before, graph, randomFeeds(graph, request, 1), request);
  });

  test("multiplies candidates with steps, and with what they chose, without a copy", () => {
    const graph = searching();
    const products = dropDeadNodes(productsOfRows(graph));
    const ops = products.nodes.map(({ op }) => op);
    expect(ops.filter((op) => op === "dots").length).toBe(2);
    expect(ops.filter((op) => /^(repeat|broadcast)/.test(op))).toEqual([]);
    expectSame(products, graph, randomFeeds(graph, request, 1), request);
  });

  test("leaves the product of a list with a learned vector, which is no row's, as it is", () => {
    const builder = new GraphBuilder();
    const type = { rows: { kind: "each", per: "candidate" }, dims: [2, 3], dtype: "f32" } as const;
    const list = builder.add("input", [], namedInput({ name: "list", type }));
    const learned = builder.parameter({ name: "v", dims: [3], init: { kind: "zeros" }, role: "weight" });
    const told = builder.add("broadcast_list", [learned], { times: 2 });
    builder.output("x", builder.add("sum_width", [builder.add("multiply", [list, told], {})], {}));
    const graph = builder.finish();
    expectSame(productsOfRows(graph), graph, randomFeeds(graph, request, 1), request);
  });
});

describe("freeze-statistics", () => {
  test("takes moving averages for batch statistics, so that rows do not depend on each other", () => {
    const normalisesExamples = ({ nodes }: Graph) =>
      nodes.some(({ op, inputs }) => op === "batch_mean" && nodes[inputs[0]!]!.type.rows.kind === "each");
    const graph = seeds.map(dinGraph).find(normalisesExamples)!;
    const { layout } = batches[0]!;
    const frozen = dropDeadNodes(freezeStatistics(graph));
    expect(frozen.nodes.some(({ op }) => op === "batch_mean")).toBe(false);
    const feeds = randomFeeds(graph, layout, 2);
    const alone = {
      ...feeds,
      inputs: {
        ...feeds.inputs,
        price: Float64Array.from(feeds.inputs["price"]!, (p, i) => (i === 0 ? p : p + 9)),
      },
    };
    const firstOf = (some: Feeds, of: Graph) => evaluate(of, some, layout).outputs.get("logit.click")![0]!;
    expect(firstOf(alone, frozen)).toBe(firstOf(feeds, frozen));
    expect(firstOf(alone, graph)).not.toBe(firstOf(feeds, graph));
  });
});

describe("fold-constants", () => {
  const constant = (builder: GraphBuilder, value: number, dims: readonly number[] = [1]) =>
    builder.add("constant", [], { value, dims });

  function folded(make: (builder: GraphBuilder, x: NodeId) => NodeId): string {
    const builder = new GraphBuilder();
    builder.output("y", make(builder, builder.add("input", [], namedInput({ name: "x", type: each([3]) }))));
    const graph = dropDeadNodes(foldConstants(builder.finish()));
    validate(graph);
    return printGraph(graph);
  }

  test("computes what constants decide", () => {
    const three = (builder: GraphBuilder) =>
      builder.add(
        "add",
        [constant(builder, 1), builder.add("exp", [constant(builder, Math.log(2))], {})],
        {},
      );
    expect(folded(three)).toBe("%0 = constant {value: 3, dims: [1]} : once [1] f32\noutput y = %0\n");
  });

  test("does not fold to what is not a number", () => {
    expect(folded((builder) => builder.add("log", [constant(builder, -1)], {}))).toContain("%1 = log %0");
  });

  test("multiplies by a constant before a broadcast", () => {
    const doubled = (b: GraphBuilder, x: NodeId) => {
      const sum = b.add("broadcast_like", [b.add("sum_rows", [x], {}), x], {});
      return b.add("multiply", [sum, constant(b, 2)], {});
    };
    expect(folded(doubled)).toBe(`%0 = input {name: x} : example [3] f32
%1 = sum_rows %0 : once [3] f32
%2 = constant {value: 2, dims: [1]} : once [1] f32
%3 = multiply %1 %2 : once [3] f32
%4 = broadcast_like %3 %0 : example [3] f32
output y = %4
`);
  });

  test("takes out what changes nothing, unless it changes the type", () => {
    const input = "%0 = input {name: x} : example [3] f32\noutput y = %0\n";
    expect(folded((b, x) => b.add("multiply", [x, constant(b, 1)], {}))).toBe(input);
    expect(folded((b, x) => b.add("add", [constant(b, 0), x], {}))).toBe(input);
    expect(folded((b, x) => b.add("subtract", [x, constant(b, 0)], {}))).toBe(input);
    expect(folded((b, x) => b.add("slice", [x], { dim: 0, from: 0, to: 3 }))).toBe(input);
    expect(folded((b, x) => b.add("concat", [x], { dim: 0 }))).toBe(input);
    const taken = (indices: readonly number[]) =>
      folded((b, x) => b.add("gather_list", [b.add("reshape", [x], { dims: [3, 1] })], { indices }));
    expect(taken([0, 1, 2])).not.toContain("gather_list");
    expect(taken([0, 2, 1])).toContain("gather_list");
    expect(taken([0, 1])).toContain("gather_list");
    expect(folded((b, x) => b.add("slice", [x], { dim: 0, from: 0, to: 2 }))).toContain("slice");
    expect(folded((b, x) => b.add("subtract", [constant(b, 0), x], {}))).toContain("subtract");
    expect(
      folded((b, x) => b.add("multiply", [b.add("sum_width", [x], {}), constant(b, 1, [3])], {})),
    ).toContain("multiply");
  });
});

describe("drop-dead-nodes", () => {
  test("keeps outputs, updates and what they need, and no parameter besides", () => {
    const builder = new GraphBuilder();
    const declare = (name: string) =>
      builder.parameter({ name, dims: [2], init: { kind: "zeros" }, role: "weight" });
    const [kept, updated, dead] = [declare("kept"), declare("updated"), declare("dead")];
    builder.add("exp", [dead], {});
    builder.output("y", builder.add("exp", [kept], {}));
    builder.update("updated", builder.add("constant", [], { value: 1, dims: [2] }));
    expect(updated).toBe(1);
    const graph = dropDeadNodes(builder.finish());
    validate(graph);
    expect(graph.nodes.map(({ op }) => op)).toEqual(["parameter", "exp", "constant"]);
    expect([...graph.parameters.keys()]).toEqual(["kept", "updated"]);
    expect(graph.nodes.every(({ type }) => rowsKey(type.rows) === rowsKey(ONCE))).toBe(true);
  });
});

describe("pipeline", () => {
  test("runs the passes in order, except those that are switched off", () => {
    const graph = dinGraph(1);
    const all = runPasses(graph, optimisingPasses);
    const without = runPasses(graph, optimisingPasses, new Set([passes.splitLinear.name]));
    expect(multiplied(all)).not.toEqual(multiplied(without));
    expect(printGraph(without)).toBe(printGraph(dropDeadNodes(lastStepAlone(foldConstants(graph)))));
  });

  test("has a name and a sentence for each pass", () => {
    for (const { name, doc } of Object.values(passes)) {
      expect(name).toMatch(/^[a-z]+(-[a-z]+)+$/);
      expect(doc).toMatch(/\.$/);
    }
  });
});
