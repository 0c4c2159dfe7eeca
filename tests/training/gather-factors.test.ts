// The pass over factors keeps every number, and leaves fewer products over rows.

import { describe, expect, test } from "vitest";
import { differentiate } from "../../compiler/middle/autodiff/differentiate.ts";
import { GraphBuilder } from "../../compiler/middle/builder/builder.ts";
import { evaluate } from "../../compiler/middle/builder/evaluate.ts";
import { validate } from "../../compiler/middle/builder/validate.ts";
import type { Graph, NodeId } from "../../compiler/middle/graph/graph.ts";
import type { Rows } from "../../compiler/middle/graph/types.ts";
import { dropDeadNodes } from "../../compiler/middle/passes/drop-dead-nodes.ts";
import { hoistFactors } from "../../compiler/middle/passes/hoist-factors.ts";
import { simplifyGradients } from "../../compiler/middle/passes/simplify-gradients.ts";
import { dinGraph, distance, randomFeeds } from "../graph/din-graph.ts";
import { batches } from "../graph/layouts.ts";
import { trainingGraph } from "../graph/training-graph.ts";
import { namedInput } from "../support/named-input.ts";

const each: Rows = { kind: "each", per: "example" };

const gathered = (graph: Graph) => dropDeadNodes(hoistFactors.run(graph));
const products = ({ nodes }: Graph) =>
  nodes.filter(({ op, type }) => op === "multiply" && type.rows.kind !== "once").length;

function expectEqualResults(graph: Graph, lighter: Graph, seed: number): void {
  for (const { layout } of batches) {
    const feeds = randomFeeds(graph, layout, seed);
    const expected = evaluate(validate(graph), feeds, layout).outputs;
    const actual = evaluate(validate(lighter), feeds, layout).outputs;
    expect([...actual.keys()]).toEqual([...expected.keys()]);
    for (const [name, values] of expected)
      expect(distance(actual.get(name)!, values), name).toBeLessThan(1e-10);
  }
}

test.each([1, 2, 3, 4, 5, 6])("keeps loss and gradients of a DIN, seed %i", (seed) => {
  const graph = dropDeadNodes(simplifyGradients.run(trainingGraph(dinGraph(seed))));
  const lighter = gathered(graph);
  expectEqualResults(graph, lighter, seed);
  expect(products(lighter)).toBeLessThanOrEqual(products(graph));
});

test("keeps the gradients of a gate like Dice's, with fewer products", () => {
  const builder = new GraphBuilder();
  const x = builder.add(
    "input",
    [],
    namedInput({ name: "x", type: { rows: each, dims: [3], dtype: "f32" } }),
  );
  const [shift, scale, slope] = ["shift", "scale", "slope"].map((name) =>
    builder.parameter({ name, dims: [3], init: { kind: "zeros" }, role: "weight" }),
  ) as [NodeId, NodeId, NodeId];
  const normal = builder.add("multiply", [builder.add("subtract", [x, shift], {}), scale], {});
  const gate = builder.add("multiply", [builder.add("sigmoid", [normal], {}), slope], {});
  const gated = builder.add("multiply", [x, builder.add("add", [gate, shift], {})], {});
  const loss = builder.add("sum_rows", [builder.add("sum_width", [gated], {})], {});
  const gradients = differentiate(builder, loss, [shift, scale, slope]);
  for (const [id, gradient] of gradients) builder.output(`gradient of ${id}`, gradient);
  const graph = dropDeadNodes(simplifyGradients.run(builder.finish()));
  const lighter = gathered(graph);
  expectEqualResults(graph, lighter, 1);
  expect(products(lighter)).toBeLessThan(products(graph));
});

/** How many products over rows are left. */
function productsOf(
  build: (
    add: (op: "multiply" | "add", x: NodeId, y: NodeId) => NodeId,
    x: NodeId,
    y: NodeId,
    once: NodeId,
  ) => NodeId,
  then: "sum_rows" | null,
): number {
  const graph = new GraphBuilder();
  const input = (name: string) =>
    graph.add("input", [], namedInput({ name, type: { rows: each, dims: [3], dtype: "f32" } }));
  const once = graph.parameter({ name: "w", dims: [3], init: { kind: "zeros" }, role: "weight" });
  const built = build((op, x, y) => graph.add(op, [x, y], {}), input("x"), input("y"), once);
  graph.output("out", then === null ? built : graph.add(then, [built], {}));
  return products(gathered(graph.finish()));
}

describe("a factor that is known once", () => {
  test("goes after a sum over rows", () => {
    expect(productsOf((add, x, _y, w) => add("multiply", x, w), "sum_rows")).toBe(0);
  });

  test("goes through a product with rows to the sum after it", () => {
    expect(productsOf((add, x, y, w) => add("multiply", add("multiply", x, w), y), "sum_rows")).toBe(1);
  });

  test("meets the next factor before it meets rows", () => {
    expect(
      productsOf((add, x, _y, w) => add("multiply", add("multiply", x, w), add("add", w, w)), null),
    ).toBe(1);
  });

  test("stays where its product with rows is needed anyway", () => {
    const both = (
      add: (op: "multiply" | "add", x: NodeId, y: NodeId) => NodeId,
      x: NodeId,
      y: NodeId,
      w: NodeId,
    ) => {
      const product = add("multiply", x, w);
      return add("add", product, add("multiply", product, y));
    };
    expect(productsOf(both, null)).toBe(2);
  });
});
