// Losses of labels: those of the library against their formulas in plain loops, exact where a prediction is
// 0, 1 or infinite in 32 bits; their slopes; and what a prediction says of its loss.

import { describe, expect, test } from "vitest";
import { librarySources } from "../../compiler/frontend/functions/library.generated.ts";
import { labelKinds } from "../../compiler/frontend/labels/registry.ts";
import { evaluate } from "../../compiler/middle/builder/evaluate.ts";
import { exampleLayout } from "../../compiler/middle/graph/layout.ts";
import { trainingProgram } from "../../compiler/middle/programs/step.ts";
import { networkOf } from "../support/network.ts";
import { codesOf, graphOf, modelOf } from "./support.ts";

/** A model that predicts `y` from the numbers `a` and `b`. */
const textOf = (label: string, predict: string, more = "") => `model lossy
features item {
  a : number
  b : number
}
label y : ${label}
net {
  predict y${predict}
${more}}`;

const softplus = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
const logSum = (all: readonly number[]) => {
  const largest = Math.max(...all);
  return largest + Math.log(all.reduce((sum, x) => sum + Math.exp(x - largest), 0));
};

const numbers = [-300, -20, -1.5, -0.25, 0, 0.7, 2, 40, 300];
const truths = [0, 1, 0.5, 7, 30];

/** The loss of each row of `a`, with the truth `y`. */
function lossesOf(text: string, rows: readonly { readonly a: number; readonly y: number }[]): number[] {
  const graph = graphOf(text);
  const inputs = {
    a: rows.map(({ a }) => a),
    b: rows.map(({ a }) => -a / 2),
    "label/y": rows.map(({ y }) => y),
  };
  const layout = exampleLayout({ examples: rows.length, lengths: {}, tables: {} });
  const { outputs } = evaluate(graph, { inputs, parameters: {}, tables: {} }, layout);
  return [...outputs.get("own.y")!];
}

const rows = numbers.flatMap((a) => truths.map((y) => ({ a, y })));

describe("a loss of the library is its formula", () => {
  test.each<readonly [call: string, of: (p: number, y: number) => number]>([
    ["squared", (p, y) => (p - y) ** 2],
    ["absolute", (p, y) => Math.abs(p - y)],
    ["huber", (p, y) => (Math.abs(p - y) <= 1 ? (p - y) ** 2 / 2 : Math.abs(p - y) - 0.5)],
    [
      "(p, y) => huber(p, y, delta: 3.0)",
      (p, y) => (Math.abs(p - y) <= 3 ? (p - y) ** 2 / 2 : 3 * (Math.abs(p - y) - 1.5)),
    ],
    ["log_cosh", (p, y) => logSum([p - y, y - p]) - Math.log(2)],
  ])("%s, of a number", (loss, of) => {
    const found = lossesOf(textOf("number", `(loss: ${loss}) = a + 0 * b`), rows);
    for (const [i, { a, y }] of rows.entries()) expect(found[i]).toBeCloseTo(of(a, y), 9);
  });

  test.each<readonly [call: string, of: (z: number, y: number) => number]>([
    ["poisson", (z, y) => Math.exp(z) - y * z],
    ["tweedie", (z, y) => Math.exp(0.5 * z) / 0.5 + (y * Math.exp(-0.5 * z)) / 0.5],
    [
      "(p, y) => tweedie(p, y, power: 1.2)",
      (z, y) => Math.exp(0.8 * z) / 0.8 + (y * Math.exp(-0.2 * z)) / 0.2,
    ],
    ["weighted_logistic", (z, y) => y * softplus(-z) + softplus(z)],
  ])("%s, of an amount that ends with exp", (loss, of) => {
    const found = lossesOf(textOf("number", `(loss: ${loss}) = exp(a + 0 * b)`), rows);
    for (const [i, { a, y }] of rows.entries()) {
      const expected = of(a, y);
      expect(Math.abs(found[i]! - expected)).toBeLessThanOrEqual(1e-12 * Math.max(1, Math.abs(expected)));
    }
  });

  test("hinge, of a probability that 32 bits would round", () => {
    const binary = numbers.flatMap((a) => [0, 1].map((y) => ({ a, y })));
    const found = lossesOf(textOf("binary", "(loss: hinge) = sigmoid(a + 0 * b)"), binary);
    for (const [i, { a, y }] of binary.entries())
      expect(found[i]).toBeCloseTo(Math.max(0, 1 - (2 * y - 1) * a), 9);
  });

  test("ziln, of a probability, a mean and a deviation", () => {
    const loss = "(p, y) => ziln(sigmoid(a), b, 1 + softplus(b), y) + 0 * p";
    const found = lossesOf(textOf("number", `(loss: ${loss}) = exp(b)`), rows);
    for (const [i, { a, y }] of rows.entries()) {
      const [mean, deviation] = [-a / 2, 1 + softplus(-a / 2)];
      const size =
        Math.log(y) +
        Math.log(deviation) +
        Math.log(2 * Math.PI) / 2 +
        (Math.log(y) - mean) ** 2 / 2 / deviation ** 2;
      // What is not finite times 0 is NaN.
      if (Math.exp(mean) < Number.POSITIVE_INFINITY)
        expect(found[i]).toBeCloseTo(y > 0 ? size + softplus(-a) : softplus(a), 6);
    }
  });

  test("cross_entropy, which classes have by themselves", () => {
    const classes = numbers.flatMap((a) => [0, 1, 2].map((y) => ({ a, y })));
    for (const label of ["int(1..3)", 'enum("x", "y", "z")']) {
      const found = lossesOf(textOf(label, " = softmax(concat(a, b, 0 * a))"), classes);
      for (const [i, { a, y }] of classes.entries())
        expect(found[i]).toBeCloseTo(logSum([a, -a / 2, 0]) - [a, -a / 2, 0][y]!, 9);
    }
  });
});

test("ordinal gives what lies between two thresholds (OrdRec; Koren & Sill, RecSys 2011, section 3.1)", () => {
  for (const k of [2, 3, 5]) {
    const network = networkOf(graphOf(textOf(`int(1..${k})`, ` = ordinal(a + b, ${k})`)));
    const [first] = network.weights("net.y.ordinal_1.first") as [number];
    const gaps = k > 2 ? network.weights("net.y.ordinal_1.gaps") : [];
    const thresholds = [first];
    for (const gap of gaps) thresholds.push(thresholds.at(-1)! + softplus(gap));
    for (let example = 0; example < network.examples; example++) {
      const score = network.vector(example, "a")[0]! + network.vector(example, "b")[0]!;
      const atMost = [...thresholds.map((threshold) => 1 / (1 + Math.exp(score - threshold))), 1];
      const shares = atMost.map((share, j) => share - (atMost[j - 1] ?? 0));
      for (const [j, share] of shares.entries()) {
        expect(network.output("probability.y")[example]![j]).toBeCloseTo(share, 12);
        expect(network.output(`logit.y/${j + 1}`)[example]![0]).toBeCloseTo(Math.log(share), 9);
      }
    }
  }
});

test("ordinal is exact where a score is far beyond all thresholds", () => {
  const text = textOf("int(1..3)", " = ordinal(a + 0 * b, 3)");
  const graph = graphOf(text);
  const layout = exampleLayout({ examples: 2, lengths: {}, tables: {} });
  const parameters = { "net.y.ordinal_1.first": [-0.5], "net.y.ordinal_1.gaps": [Math.log(Math.E - 1)] };
  const inputs = { a: [400, -400], b: [0, 0], "label/y": [0, 2] };
  const { outputs } = evaluate(graph, { inputs, parameters, tables: {} }, layout);
  expect(outputs.get("own.y")![0]).toBeCloseTo(400.5, 9);
  expect(outputs.get("own.y")![1]).toBeCloseTo(400.5, 9);
});

test("slopes go through what a prediction was made of, so that they are finite where it is not", () => {
  const layout = exampleLayout({ examples: 1, lengths: {}, tables: {} });
  const step = (text: string, y: number, bias: number) => {
    const model = modelOf(text);
    const program = trainingProgram(graphOf(text), {
      ...model,
      train: { ...model.train, optimizer: { kind: "sgd", learningRate: 1 } },
    });
    const { updates } = evaluate(
      program.step,
      {
        inputs: { a: [0], b: [0], "label/y": [y], "scalar/learning_rate": [1] },
        parameters: Object.fromEntries(
          [...program.step.parameters.values()].map(({ name, dims }) => [
            name,
            Array.from({ length: dims.reduce((product, dim) => product * dim, 1) }, () => bias),
          ]),
        ),
        tables: {},
      },
      layout,
    );
    return [...updates.values()].flatMap((values) => [...values]);
  };
  for (const bias of [-500, 500])
    for (const [label, predict] of [
      ["number", "(loss: weighted_logistic) = concat(a, b) |> dense(1) |> exp"],
      ["binary", "(loss: hinge) = concat(a, b) |> dense(1) |> sigmoid"],
      ["int(0..1)", " = concat(a, b) |> dense(2) |> softmax"],
    ] as const)
      for (const value of step(textOf(label, predict), 1, bias))
        expect(value, `${predict} ${bias}`).not.toBeNaN();
});

describe("options of a prediction", () => {
  const network = (text: string) => networkOf(graphOf(text));

  test("a weight of each row multiplies the loss, that of train too", () => {
    for (const [label, predict] of [
      ["number", "(a + 0 * b)"],
      ["binary", "sigmoid(a + 0 * b)"],
    ] as const) {
      const plain = network(textOf(label, `(loss: (p, y) => squared(p, y)) = ${predict}`));
      const own = network(textOf(label, `(loss: (p, y) => squared(p, y), weight: b * b) = ${predict}`));
      for (let example = 0; example < own.examples; example++) {
        const [b] = own.vector(example, "b") as [number];
        expect(own.output("own.y")[example]![0]).toBeCloseTo(b * b * plain.output("own.y")[example]![0]!, 12);
      }
    }
    const ofTrain = network(textOf("binary", "(weight: b * b) = sigmoid(a)"));
    for (let example = 0; example < ofTrain.examples; example++) {
      const [[a], [b]] = [ofTrain.vector(example, "a"), ofTrain.vector(example, "b")] as [[number], [number]];
      const [y] = ofTrain.vector(example, "label/y") as [number];
      expect(ofTrain.output("own.y")[example]![0]).toBeCloseTo(b * b * (softplus(a) - y * a), 12);
    }
  });

  test("a number is the factor of the term, 0 too", () => {
    const model = modelOf(textOf("number", "(weight: 0) = a", "  loss more(weight: 0.5) = b * b\n"));
    expect(model.predictions[0]!.weight).toBe(0);
    expect(model.losses).toEqual([{ name: "more", weight: 0.5 }]);
  });

  test("in a loss a probability is a number", () => {
    expect(
      codesOf(
        textOf(
          "binary",
          "(loss: (p, y) => (p - y) * (p - y)) = sigmoid(a)",
          "  loss l = abs(sigmoid(b) - 0.5)\n",
        ),
      ),
    ).toEqual([]);
    expect(codesOf(textOf("binary", " = sigmoid(a - (sigmoid(b) - 0.5))"))).toEqual(["DIN0277"]);
  });

  test.each([
    ["loss: 3", "DIN0844"],
    ["loss: squared(a, b)", "DIN0844"],
    ["loss: (p) => p", "DIN0845"],
    ["loss: ziln", "DIN0845"],
    ["loss: relu", "DIN0845"],
    ["loss: (p, y) => concat(p, y)", "DIN0846"],
    ["weight: concat(a, b)", "DIN0847"],
    ["weight: -1", "DIN0421"],
    ['weight: "much"', "DIN0421"],
    ["los: squared", "DIN0270"],
  ])("%s is %s", (options, code) => {
    expect(codesOf(textOf("number", `(${options}) = a + b`))).toEqual([code]);
  });

  test("a weight stands in one place", () => {
    const text = textOf("binary", "(weight: 0.5) = sigmoid(a + b)");
    expect(codesOf(`${text}\ntrain { loss binary_cross_entropy(y: 2) }`)).toEqual(["DIN0699"]);
    expect(codesOf(`${text}\ntrain { loss binary_cross_entropy }`)).toEqual([]);
  });
});

describe("losses that editors offer for a kind of label", () => {
  const PREDICTIONS: Readonly<Record<keyof typeof labelKinds, string>> = {
    ...{ binary: "sigmoid(a + b)", share: "sigmoid(a + b)", number: "exp(a + b)" },
    ...{ enum: "softmax(concat(a, b))", int: "softmax(concat(a, b, a, b, a))" },
  };
  const offered = (Object.keys(labelKinds) as (keyof typeof labelKinds)[]).flatMap((kind) =>
    labelKinds[kind].losses.map((loss) => ({ kind, form: labelKinds[kind].form, loss })),
  );

  test.each(offered)("$form takes $loss", ({ kind, form, loss }) => {
    expect(codesOf(textOf(form, `(loss: ${loss}) = ${PREDICTIONS[kind]}`))).toEqual([]);
  });

  test("are all of the library's that take a prediction and its truth", () => {
    const own = librarySources.find(({ path }) => path === "std/losses.din")!.text;
    const blocks = [...own.matchAll(/^block (\w+)\(\w+: [^,]+, y:/gm)].map(([, name]) => name!);
    expect([...new Set(offered.map(({ loss }) => loss))].sort()).toEqual([...blocks, "log_loss"].sort());
  });
});
