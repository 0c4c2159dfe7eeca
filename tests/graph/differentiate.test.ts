// Gradients through whole models are those of finite differences in f64.

import { describe, expect, test } from "vitest";
import { InternalError } from "../../compiler/common/internal-error.ts";
import { differentiate } from "../../compiler/middle/autodiff/differentiate.ts";
import { GraphBuilder } from "../../compiler/middle/builder/builder.ts";
import { evaluate, type Feeds } from "../../compiler/middle/builder/evaluate.ts";
import { validate } from "../../compiler/middle/builder/validate.ts";
import { copyInto } from "../../compiler/middle/graph/copy.ts";
import type { RowLayout } from "../../compiler/middle/graph/define-op.ts";
import type { Graph, NodeId } from "../../compiler/middle/graph/graph.ts";
import { exampleLayout } from "../../compiler/middle/graph/layout.ts";
import { namedInput } from "../support/named-input.ts";
import { dinGraph, EXAMPLES, randomFeeds, STEPS, withNumber } from "./din-graph.ts";
import { batches } from "./layouts.ts";
import { trained, trainingGraph } from "./training-graph.ts";

const seeds = [1, 2, 3, 4, 5, 6];

test("the models below have Dice over examples and over steps, and every pooling", () => {
  const found = seeds.flatMap((seed) => {
    const { nodes } = dinGraph(seed);
    return nodes.map(({ op, inputs }) => `${op} ${inputs.map((input) => nodes[input]!.type.rows.kind)}`);
  });
  for (const expected of [
    "batch_mean each,once",
    "batch_mean steps,once",
    "softmax_steps steps",
    "max_steps steps",
  ])
    expect(found).toContain(expected);
});

describe.each(seeds)("a DIN of seed %i", (seed) => {
  test.each(batches)("over $name", ({ layout }) => {
    const forward = dinGraph(seed);
    const graph = trainingGraph(forward);
    validate(graph);
    const feeds = randomFeeds(graph, layout, seed);
    const { outputs } = evaluate(graph, feeds, layout);
    for (const { group, name } of trained(graph)) {
      const gradient = outputs.get(`gradient.${name}`)!;
      gradient.forEach((value, i) => {
        const slope = slopeAt(forward, feeds, layout, group, name, i);
        expect(value, `${name}[${i}]`).toSatisfy(
          (g: number) => Math.abs(g - slope) <= 1e-6 * Math.max(1, Math.abs(slope)),
        );
      });
    }
  });
});

/** The central difference of the loss by one number. */
function slopeAt(
  graph: Graph,
  feeds: Feeds,
  layout: RowLayout,
  group: "parameters" | "tables",
  name: string,
  index: number,
): number {
  const value = feeds[group][name]![index]!;
  const lossAt = (moved: number) =>
    evaluate(graph, { ...feeds, [group]: withNumber(feeds[group], name, index, moved) }, layout).outputs.get(
      "loss",
    )![0]!;
  const step = 1e-6;
  return (lossAt(value + step) - lossAt(value - step)) / (2 * step);
}

describe("differentiate", () => {
  const layout = exampleLayout({ examples: 2, lengths: { clicks: [3, 0] }, tables: { item_id: 4 } });

  /** The gradient of Σ f(x) by x, x having one number for each step. */
  function gradientOf(f: (builder: GraphBuilder, x: NodeId) => NodeId, x: readonly number[]): number[] {
    const builder = new GraphBuilder();
    const input = builder.add(
      "input",
      [],
      namedInput({ name: "x", type: { rows: STEPS, dims: [1], dtype: "f32" } }),
    );
    const loss = builder.add("sum_rows", [f(builder, input)], {});
    builder.output("gradient", differentiate(builder, loss, [input]).get(input)!);
    const feeds = { inputs: { x }, parameters: {}, tables: {} };
    return [...evaluate(builder.finish(), feeds, layout).outputs.get("gradient")!];
  }

  test("splits the gradient of a maximum evenly among all steps that tie", () => {
    const maximum = (builder: GraphBuilder, x: NodeId) => builder.add("max_steps", [x], {});
    expect(gradientOf(maximum, [2, 1, 2])).toEqual([0.5, 0, 0.5]);
    expect(gradientOf(maximum, [1, 1, 1])).toEqual([1 / 3, 1 / 3, 1 / 3]);
  });

  test("gives relu no slope at 0", () => {
    expect(gradientOf((builder, x) => builder.add("relu", [x], {}), [-1, 0, 1])).toEqual([0, 0, 1]);
  });

  test("adds up over all uses of a value", () => {
    // x · x + x, whose slope is 2x + 1.
    const f = (builder: GraphBuilder, x: NodeId) =>
      builder.add("add", [builder.add("multiply", [x, x], {}), x], {});
    expect(gradientOf(f, [1, -2, 0.5])).toEqual([3, -3, 2]);
  });

  test("gives zeros of the right type where no path leads to the loss", () => {
    const builder = new GraphBuilder();
    const used = builder.add(
      "input",
      [],
      namedInput({ name: "x", type: { rows: EXAMPLES, dims: [1], dtype: "f32" } }),
    );
    const table = builder.add("table", [], { name: "item_id", width: 3 });
    const weight = builder.parameter({ name: "w", dims: [2], init: { kind: "zeros" }, role: "weight" });
    const gradients = differentiate(builder, builder.add("sum_rows", [used], {}), [table, weight]);
    builder.output("table", gradients.get(table)!);
    builder.output("weight", gradients.get(weight)!);
    const feeds = {
      inputs: { x: [1, 2] },
      parameters: { w: [1, 2] },
      tables: { item_id: new Float64Array(12).fill(9) },
    };
    const { outputs } = evaluate(validate(builder.finish()), feeds, layout);
    expect(outputs.get("table")).toEqual(new Float64Array(12));
    expect(outputs.get("weight")).toEqual(new Float64Array(2));
  });

  test("refuses a loss that is not one number", () => {
    const builder = new GraphBuilder();
    const x = builder.add(
      "input",
      [],
      namedInput({ name: "x", type: { rows: EXAMPLES, dims: [1], dtype: "f32" } }),
    );
    expect(() => differentiate(builder, x, [x])).toThrow(InternalError);
    expect(() => differentiate(builder, x, [x])).toThrow("the loss is example [1] f32, not one number");
  });
});

test("copying a graph leaves its outputs as they are", () => {
  const graph = dinGraph(3);
  const builder = new GraphBuilder();
  for (const parameter of graph.parameters.values()) builder.declare(parameter);
  const copyOf = copyInto(builder, graph.nodes);
  for (const [name, id] of graph.outputs) builder.outputAs(graph, name, copyOf(id));
  expect(builder.finish()).toEqual(graph);
});
