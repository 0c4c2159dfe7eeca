// Products, complements and mixtures of probabilities: their logits against a sum of exponentials in f64, far beyond where a
// rounded probability is 0 or 1, in 32 bits and through the gradient too.

import { describe, expect, test } from "vitest";
import { differentiate } from "../../compiler/middle/autodiff/differentiate.ts";
import { GraphBuilder } from "../../compiler/middle/builder/builder.ts";
import { evaluate } from "../../compiler/middle/builder/evaluate.ts";
import { validate } from "../../compiler/middle/builder/validate.ts";
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

/** The odds of p·q + (1 − p)·r as sums of exponentials, both sides times (1 + eᵃ)(1 + eᵇ)(1 + eᶜ). */
function logitOfMixture(a: number, b: number, c: number): number {
  return logSum([a + b, a + b + c, c, c + b]) - logSum([a, a + c, 0, b]);
}

/** Of p + (1 − p)·r. */
const logitOfEither = (a: number, c: number) => logSum([a, a + c, c]);

describe("the logit of a mixture", () => {
  const mixture = "let p = sigmoid(a)\n  predict click = p * sigmoid(b) + (1 - p) * sigmoid(c)";
  const specOfNet = (net: string) => textOf("c").replace(/ {2}predict click = c/, `  ${net}`);
  const expected = pairs.map(([a, b], i) => logitOfMixture(a, b, feeds.inputs.c[i]!));

  test("is that of the formula, in f64", () => {
    const { outputs } = evaluate(graphOf(specOfNet(mixture)), feeds, layout);
    outputs.get("logit.click")!.forEach((z, i) => {
      expect(z, `${pairs[i]} ${feeds.inputs.c[i]}`).toBeCloseTo(expected[i]!, 9);
    });
    outputs.get("probability.click")!.forEach((p, i) => {
      expect(p).toBeCloseTo(1 / (1 + Math.exp(-expected[i]!)), 12);
    });
  });

  test("is accurate to a few of the 24 bits, and its slopes are numbers, on wasm", async () => {
    const graph = withSlopes(graphOf(specOfNet(mixture)));
    const { outputs } = await runOnce(wayNamed("wasm"), validate(graph), feeds, layout);
    outputs.get("logit.click")!.forEach((z, i) => {
      expect(Math.abs(z - expected[i]!), `${pairs[i]}`).toBeLessThan(1e-6 * (1 + Math.abs(expected[i]!)));
    });
    for (const name of ["slope.a", "slope.b", "slope.c"])
      for (const slope of outputs.get(name)!) expect(Math.abs(slope)).toBeLessThanOrEqual(1 + 1e-5);
  });

  test.each([
    ["written the other way round", "predict click = (1 - sigmoid(a)) * sigmoid(c) + 0", ["DIN0277"]],
    [
      "of what happens, or else something",
      "let p = sigmoid(a)\n  predict click = p + sigmoid(c) * (1 - p) * sigmoid(b)",
      [],
    ],
    [
      "of a product and what is left of it",
      "let p = sigmoid(a) * sigmoid(b)\n  predict click = (1 - p) * sigmoid(b) + sigmoid(c) * p",
      [],
    ],
    [
      "of mixtures",
      "let p = sigmoid(a)\n  let q = sigmoid(b)\n  predict click = p * (q * sigmoid(a) + (1 - q) * sigmoid(c)) + (1 - p) * sigmoid(b)",
      [],
    ],
    ["of what may both happen", "predict click = sigmoid(a) * sigmoid(b) + sigmoid(c)", ["DIN0310"]],
    [
      "of two events of one formula",
      "predict click = sigmoid(a) * sigmoid(b) + (1 - sigmoid(a)) * sigmoid(c)",
      ["DIN0310"],
    ],
  ])("%s", (_, net, codes) => {
    expect(codesOf(specOfNet(net))).toEqual(codes);
  });

  test("of p, or else r, is that of 1 − (1 − p)(1 − r)", () => {
    const spec = specOfNet(
      "let p = sigmoid(a)\n  let b_too = sigmoid(b)\n  predict click = p + (1 - p) * sigmoid(c) * b_too",
    );
    const found = evaluate(graphOf(spec), feeds, layout).outputs.get("logit.click")!;
    feeds.inputs.c.forEach((c, i) => {
      const [a, b] = pairs[i]!;
      expect(found[i], `${a} ${b} ${c}`).toBeCloseTo(logitOfEither(a, logitOfProduct([b, c])), 9);
    });
  });

  test("in a block that is given the three", () => {
    const spec = specOfNet("predict click = mixed(sigmoid(a), sigmoid(b), sigmoid(c))").replace(
      "net {",
      "block mixed(p: Prob, q: Prob, r: Prob) -> Prob { p * q + (1 - p) * r }\nnet {",
    );
    const found = evaluate(graphOf(spec), feeds, layout).outputs.get("logit.click")!;
    found.forEach((z, i) => {
      expect(z).toBeCloseTo(expected[i]!, 9);
    });
  });

  test("of steps, where one of them is known once", () => {
    const net =
      "let p = sigmoid(price)\n  let x = sum((p * dense(clicks, 1, sigmoid) + (1 - p) * dense(clicks, 1, sigmoid)) * clicks)";
    expect(codesOf(specOf(net))).toEqual([]);
    expect(() => graphOf(specOf(net))).not.toThrow();
  });
});

describe("a mixture by scores", () => {
  /** Of Σ softmax(s)ₖ · pₖ for scores and logits in pairs. */
  const logitOf = (scored: readonly (readonly [score: number, logit: number])[]) =>
    logSum(scored.map(([s, z]) => s - logSum([0, -z]))) - logSum(scored.map(([s, z]) => s - logSum([0, z])));
  const expected = pairs.map(([a, b], i) => {
    const c = feeds.inputs.c[i]!;
    return logitOf([
      [b / 5000, a],
      [0, b],
      [a / 2500, c],
    ]);
  });
  const net = "mixture([sigmoid(a), sigmoid(b), sigmoid(c)], [b / 5000, 0 * a, a / 2500])";

  test("has the logit of the formula", async () => {
    const graph = graphOf(textOf(net));
    evaluate(graph, feeds, layout)
      .outputs.get("logit.click")!
      .forEach((z, i) => {
        expect(z, `${pairs[i]}`).toBeCloseTo(expected[i]!, 9);
      });
    const { outputs } = await runOnce(wayNamed("wasm"), validate(withSlopes(graph)), feeds, layout);
    outputs.get("logit.click")!.forEach((z, i) => {
      expect(Math.abs(z - expected[i]!), `${pairs[i]}`).toBeLessThan(2e-6 * (1 + Math.abs(expected[i]!)));
    });
    for (const name of ["slope.a", "slope.b", "slope.c"])
      for (const slope of outputs.get(name)!) expect(Number.isFinite(slope)).toBe(true);
  });

  test("is a probability of a list, of layers for each element, or of steps", () => {
    const experts = "each(1..3, _ => dense(item_id, 1) |> sigmoid)";
    for (const value of [
      `mixture(${experts}, split(dense(item_id, 3), 3))`,
      `1 - mixture(${experts}, each(1..3, _ => dense(item_id, 1)))`,
      "mixture(dense(clicks, 1, sigmoid), dense(clicks, 1))",
    ])
      expect(codesOf(specOf(`let x = sigmoid(price) * (${value}) * item_id`))).toEqual([]);
    expect(codesOf(specOf(`let x = mixture(${experts}, dense(item_id, 3)) * item_id`))).toEqual(["DIN0272"]);
    const loss = `let x = item_id\n  loss one = log_loss(mixture(${experts}, each(1..3, _ => price)), click)`;
    expect(codesOf(specOf(loss))).toEqual([]);
    expect(codesOf(specOf("let x = mixture([item_id, item_id], split(item_id, 2)) * item_id"))).toEqual([
      "DIN0272",
    ]);
  });

  test("a list of probabilities gates element by element, and is no vector", () => {
    expect(codesOf(specOf("let x = sum([sigmoid(price), sigmoid(price)] * [item_id, item_id])"))).toEqual([]);
    expect(codesOf(specOf("let x = flatten([sigmoid(price), sigmoid(price)])"))).toEqual(["DIN0277"]);
  });
});

describe("all and any", () => {
  const logits = [-1e4, -90, -30, -17.5, -6, -1, -1e-3, 0, 0.3, 2, 9, 17.5, 90, 1e4];
  const triples = logits.flatMap((a) => logits.map((b) => [a, b, (a * b) % 7] as const));
  const given = {
    inputs: Object.fromEntries(["a", "b", "c"].map((name, i) => [name, triples.map((triple) => triple[i]!)])),
    parameters: {},
    tables: {},
  };
  const rows = exampleLayout({ examples: triples.length, lengths: {}, tables: {} });

  test.each([
    ["all([sigmoid(a), sigmoid(b), sigmoid(c)])", (triple: readonly number[]) => logitOfProduct(triple)],
    [
      "any([sigmoid(a), sigmoid(b), sigmoid(c)])",
      (triple: readonly number[]) => -logitOfProduct(triple.map((z) => -z)),
    ],
    ["any(each([a, b, c], sigmoid))", (triple: readonly number[]) => -logitOfProduct(triple.map((z) => -z))],
  ])("%s", async (value, plain) => {
    const graph = graphOf(textOf(value));
    const exact = evaluate(graph, given, rows).outputs.get("logit.click")!;
    const { outputs } = await runOnce(wayNamed("wasm"), validate(withSlopes(graph)), given, rows);
    const bounded = (z: number) => Math.min(Math.max(z, -87.3365), 87.3365);
    triples.forEach((triple, i) => {
      const expected = plain(triple);
      const clipped = value.startsWith("all") ? Math.min(expected, 87.3365) : Math.max(expected, -87.3365);
      expect(exact[i], `${triple}`).toBeCloseTo(clipped, 4);
      expect(Math.abs(outputs.get("logit.click")![i]! - clipped), `${triple}`).toBeLessThan(
        2e-6 * (1 + Math.abs(clipped)),
      );
      if (clipped === bounded(clipped)) expect(Number.isFinite(outputs.get("slope.a")![i]!)).toBe(true);
    });
  });

  test("along a history, of none of which any is hardly possible", () => {
    const spec = specOf("let x = any(dense(clicks, 1, sigmoid)) * all(dense(buys, 1, sigmoid)) * item_id");
    expect(codesOf(spec)).toEqual([]);
    expect(codesOf(specOf("let x = any(clicks)"))).toEqual(["DIN0272"]);
    expect(codesOf(specOf("let x = any(sigmoid(price)) * item_id"))).toEqual(["DIN0272"]);
  });
});
