// Products and complements of probabilities: their logits against a sum of exponentials in f64, far beyond where a
// rounded probability is 0 or 1, in 32 bits and through the gradient too.

import { describe, expect, test } from "vitest";
import { differentiate } from "../../compiler/middle/autodiff/differentiate.ts";
import { GraphBuilder } from "../../compiler/middle/build/builder.ts";
import { evaluate } from "../../compiler/middle/build/evaluate.ts";
import { validate } from "../../compiler/middle/build/validate.ts";
import { copyInto } from "../../compiler/middle/graph/copy.ts";
import type { Graph } from "../../compiler/middle/graph/graph.ts";
import { exampleLayout } from "../../compiler/middle/graph/layout.ts";
import { rankingProgram } from "../../compiler/middle/programs/ranking.ts";
import { trainingProgram } from "../../compiler/middle/programs/step.ts";
import { runOnce, wayNamed } from "../backends/runners.ts";
import { codesOf, graphOf, modelOf, specOf } from "./support.ts";

/** A model whose prediction is `value`, of logits `a`, `b` and perhaps `c`. */
const textOf = (value: string) => `model chances
features item {
  a : number
  b : number
${value.includes("c") ? "  c : number\n" : ""}}
label click : binary
net {
  predict click = ${value}
}`;

/** log Σ eˣ */
function logSum(values: readonly number[]): number {
  const largest = Math.max(...values);
  return largest + Math.log(values.reduce((sum, x) => sum + Math.exp(x - largest), 0));
}

/** Of a product: −log(1/p − 1), where 1/p = Π (1 + e⁻ᶻ) is a sum of exponentials over all sets of factors, one for each. */
function logitOfProduct(logits: readonly number[]): number {
  const sums = logits.reduce<number[]>((all, z) => all.flatMap((sum) => [sum, sum - z]), [0]);
  return -logSum(sums.slice(1));
}

const values = [-1e4, -90, -17.5, -1, -1e-3, 0, 0.3, 2, 17.5, 90, 1e4];
const pairs = values.flatMap((a) => values.map((b) => [a, b] as const));
const feeds = {
  inputs: {
    a: pairs.map(([a]) => a),
    b: pairs.map(([, b]) => b),
    c: pairs.map(([a], i) => a - values[i % 7]!),
  },
  parameters: {},
  tables: {},
};
const layout = exampleLayout({ examples: pairs.length, lengths: {}, tables: {} });

/** With the outputs `slope.a` and `slope.b`: of the sum of the logits. */
function withSlopes(graph: Graph): Graph {
  const builder = new GraphBuilder();
  const copyOf = copyInto(builder, graph.nodes);
  for (const [name, id] of graph.outputs) builder.output(name, copyOf(id));
  const sum = builder.add("sum_rows", [copyOf(graph.outputs.get("logit.click")!)], {});
  const inputs = graph.nodes.filter((node) => node.op === "input");
  const slopes = differentiate(
    builder,
    sum,
    inputs.map(({ id }) => copyOf(id)),
  );
  for (const { id, attributes } of inputs)
    builder.output(`slope.${(attributes as { name: string }).name}`, slopes.get(copyOf(id))!);
  return builder.finish();
}

/** ∂z/∂a of a product: (1 − σ(a)) / (1 − p) = σ(−a)·(1 + eᶻ), by logarithms. */
const slopeOf = (a: number, z: number) => Math.exp(-logSum([0, a]) + logSum([0, z]));

describe("the logit of a product", () => {
  const graph = withSlopes(graphOf(textOf("sigmoid(a) * sigmoid(b)")));
  const expected = pairs.map((pair) => logitOfProduct(pair));
  const slopes = pairs.map(([a], i) => slopeOf(a, expected[i]!));

  test("is that of the formula, in f64", () => {
    const { outputs } = evaluate(graph, feeds, layout);
    outputs.get("logit.click")!.forEach((z, i) => {
      expect(z, `${pairs[i]}`).toBeCloseTo(expected[i]!, 10);
    });
    outputs.get("slope.a")!.forEach((slope, i) => {
      expect(slope, `${pairs[i]}`).toBeCloseTo(slopes[i]!, 10);
    });
  });

  test("is accurate to a few of the 24 bits, its slopes to 1e-6, on wasm", async () => {
    const { outputs } = await runOnce(wayNamed("wasm"), validate(graph), feeds, layout);
    outputs.get("logit.click")!.forEach((z, i) => {
      expect(Math.abs(z - expected[i]!), `${pairs[i]}`).toBeLessThan(1e-6 * (1 + Math.abs(expected[i]!)));
    });
    for (const name of ["slope.a", "slope.b"])
      for (const slope of outputs.get(name)!) expect(Number.isFinite(slope)).toBe(true);
    outputs.get("slope.a")!.forEach((slope, i) => {
      expect(Math.abs(slope - slopes[i]!), `${pairs[i]}`).toBeLessThan(1e-6);
    });
  });

  test("is that of all factors in a product of three, and of what is left of 1", () => {
    const three = evaluate(
      graphOf(textOf("sigmoid(a) * sigmoid(b) * sigmoid(c)")),
      feeds,
      layout,
    ).outputs.get("logit.click")!;
    const left = evaluate(
      graphOf(textOf("sigmoid(b) * (1 - sigmoid(a) * sigmoid(c))")),
      feeds,
      layout,
    ).outputs.get("logit.click")!;
    feeds.inputs.c.forEach((c, i) => {
      const [a, b] = pairs[i]!;
      expect(three[i], `${a} ${b} ${c}`).toBeCloseTo(logitOfProduct([a, b, c]), 10);
      expect(left[i], `${a} ${b} ${c}`).toBeCloseTo(logitOfProduct([b, -logitOfProduct([a, c])]), 10);
    });
  });

  test("goes with the probability, which is the product itself", () => {
    const { outputs } = evaluate(graph, feeds, layout);
    outputs.get("probability.click")!.forEach((p, i) => {
      expect(p).toBeCloseTo(1 / (1 + Math.exp(-expected[i]!)), 12);
    });
  });
});

describe("a product of probabilities", () => {
  test.each([
    ["is a probability", "let x = sum(buys * (sigmoid(dense(buys, 1)) * sigmoid(price)))"],
    ["gates, as does what is left of 1", "let x = (1 - sigmoid(price)) * item_id"],
    ["may be written with 1.0", "let x = (1.0 - sigmoid(price)) * item_id"],
  ])("%s", (_, net) => {
    expect(codesOf(specOf(net))).toEqual([]);
  });

  test.each([
    ["is no vector", "let x = concat(sigmoid(price) * sigmoid(price), item_id)"],
    ["is no vector where it is left of 1", "let x = concat(1 - sigmoid(price), item_id)"],
    ["is not taken from another number", "let x = (2 - sigmoid(price)) * item_id"],
    ["has nothing taken from it", "let x = (sigmoid(price) - 1) * item_id"],
  ])("%s", (_, net) => {
    expect(codesOf(specOf(net))).toEqual(["DIN0277"]);
  });

  test("does not meet one of another history", () => {
    expect(
      codesOf(specOf("let x = sum(sigmoid(dense(buys, 1)) * sigmoid(dense(clicks, 1)) * buys)")),
    ).toEqual(["DIN0275"]);
  });

  test("that only gates costs serving no more than its factors", () => {
    const spec = specOf("let x = sigmoid(price) * sigmoid(total(item_id)) * item_id");
    const model = modelOf(spec);
    const { predict } = trainingProgram(graphOf(spec), model);
    expect(rankingProgram(model, predict).nodes.filter(({ op }) => op === "softplus")).toEqual([]);
  });
});
