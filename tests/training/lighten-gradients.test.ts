// The pass over gradients keeps every number, and leaves no repetition that an operand's own would do.

import { describe, expect, test } from "vitest";
import { GraphBuilder } from "../../compiler/middle/builder/builder.ts";
import { evaluate } from "../../compiler/middle/builder/evaluate.ts";
import { validate } from "../../compiler/middle/builder/validate.ts";
import type { Graph, NodeId } from "../../compiler/middle/graph/graph.ts";
import type { Rows } from "../../compiler/middle/graph/types.ts";
import { dropDeadNodes } from "../../compiler/middle/passes/drop-dead-nodes.ts";
import { simplifyGradients } from "../../compiler/middle/passes/simplify-gradients.ts";
import { dinGraph, distance, randomFeeds } from "../graph/din-graph.ts";
import { batches } from "../graph/layouts.ts";
import { trainingGraph } from "../graph/training-graph.ts";
import { namedInput } from "../support/named-input.ts";

const lightened = (graph: Graph) => dropDeadNodes(simplifyGradients.run(graph));

test.each([1, 2, 3, 4, 5, 6])(
  "keeps loss and gradients of a DIN, seed %i, with fewer nodes over the steps",
  (seed) => {
    const graph = dropDeadNodes(trainingGraph(dinGraph(seed)));
    const light = lightened(graph);
    for (const { layout } of batches) {
      const feeds = randomFeeds(graph, layout, seed);
      const expected = evaluate(validate(graph), feeds, layout).outputs;
      const actual = evaluate(validate(light), feeds, layout).outputs;
      expect([...actual.keys()]).toEqual([...expected.keys()]);
      for (const [name, values] of expected)
        expect(distance(actual.get(name)!, values), name).toBeLessThan(1e-10);
    }
    const onSteps = ({ nodes }: Graph) => nodes.filter((node) => node.type.rows.kind === "steps").length;
    expect(onSteps(light)).toBeLessThan(onSteps(graph));
  },
);

const each: Rows = { kind: "each", per: "example" };

/** The ops of the lightened Graph after its inputs and parameters. */
function opsOf(build: (graph: GraphBuilder, x: NodeId, y: NodeId, once: NodeId) => NodeId): string[] {
  const graph = new GraphBuilder();
  const input = (name: string) =>
    graph.add("input", [], namedInput({ name, type: { rows: each, dims: [3], dtype: "f32" } }));
  const once = graph.parameter({ name: "w", dims: [3], init: { kind: "zeros" }, role: "weight" });
  graph.output("out", build(graph, input("x"), input("y"), once));
  return lightened(graph.finish())
    .nodes.map((node) => node.op)
    .filter((op) => op !== "input" && op !== "parameter");
}

describe("what it does", () => {
  test("signs go into differences", () => {
    expect(opsOf((g, x, y) => g.add("add", [x, g.add("negate", [y], {})], {}))).toEqual(["subtract"]);
    expect(opsOf((g, x, y) => g.add("add", [g.add("negate", [x], {}), y], {}))).toEqual(["subtract"]);
    expect(opsOf((g, x, y) => g.add("subtract", [x, g.add("negate", [y], {})], {}))).toEqual(["add"]);
  });

  test("a sum over the batch leaves out what adds up to nothing", () => {
    const centred = (g: GraphBuilder, x: NodeId, moving: NodeId) =>
      g.add("subtract", [x, g.add("batch_mean", [x, moving], { average: null })], {});
    const scaled = (g: GraphBuilder, x: NodeId, once: NodeId) =>
      g.add("multiply", [centred(g, x, once), once], {});
    const total = (g: GraphBuilder, a: NodeId, b: NodeId) =>
      g.add("sum_rows", [g.add("add", [a, b], {})], {});
    expect(opsOf((g, x, y, once) => total(g, y, scaled(g, x, once)))).toEqual(["sum_rows"]);
    expect(opsOf((g, x, y, once) => total(g, centred(g, x, once), y))).toEqual(["sum_rows"]);
    expect(
      opsOf((g, x, y, once) =>
        g.add("sum_rows", [g.add("negate", [g.add("add", [y, centred(g, x, once)], {})], {})], {}),
      ),
    ).toEqual(["sum_rows", "negate"]);
    // Less the mean of other rows, and times what differs by row, it does not.
    const other = (g: GraphBuilder, x: NodeId, y: NodeId, once: NodeId) =>
      g.add("subtract", [x, g.add("batch_mean", [y, once], { average: null })], {});
    expect(opsOf((g, x, y, once) => total(g, y, other(g, x, y, once)))).toContain("batch_mean");
    expect(opsOf((g, x, y, once) => total(g, y, g.add("multiply", [centred(g, x, once), y], {})))).toContain(
      "batch_mean",
    );
  });

  test("signs go after sums", () => {
    expect(opsOf((g, x) => g.add("sum_rows", [g.add("negate", [x], {})], {}))).toEqual([
      "sum_rows",
      "negate",
    ]);
  });

  test("what is known once is not repeated before it meets rows", () => {
    expect(opsOf((g, x, y, w) => g.add("multiply", [g.add("broadcast_like", [w, y], {}), x], {}))).toEqual([
      "multiply",
    ]);
    expect(opsOf((g, x, y, w) => g.add("divide", [x, g.add("broadcast_like", [w, y], {})], {}))).toEqual([
      "divide",
    ]);
  });

  test("where nothing else has the rows, the repetition stays", () => {
    const ops = opsOf((g, _x, y, w) => g.add("multiply", [g.add("broadcast_like", [w, y], {}), w], {}));
    expect(ops).toEqual(["broadcast_like", "multiply"]);
  });
});
