// The loss of a step that adds several things up: labels with weights, auxiliary losses; and what of them a model that
// predicts still has, which is nothing.

import { describe, expect, test } from "vitest";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { check } from "../../compiler/frontend/check/check.ts";
import { lower } from "../../compiler/frontend/check/lower.ts";
import { evaluate } from "../../compiler/middle/builder/evaluate.ts";
import type { ValidGraph } from "../../compiler/middle/graph/graph.ts";
import { exampleLayout } from "../../compiler/middle/graph/layout.ts";
import type { TrainingProgram } from "../../compiler/middle/programs/program.ts";
import { trainingProgram } from "../../compiler/middle/programs/step.ts";
import { initialParameters } from "../../compiler/train/initial.ts";
import { runOnce, wayNamed } from "../backends/runners.ts";

const softplus = (z: number) => Math.log(1 + Math.exp(z));
const mean = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;

function programOf(spec: string): TrainingProgram {
  const { value: model, diagnostics } = check(sourceFile("losses.din", spec));
  expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  return trainingProgram(lower(model!), model!);
}

const scalars = { "scalar/learning_rate": [1], "scalar/bias1": [1], "scalar/bias2": [1] };

/** The outputs of a step or a prediction on three examples, whose histories have 2, 0 and 1 steps. */
function outputsOf(
  graph: ValidGraph,
  inputs: Readonly<Record<string, number[]>>,
  parameters: Readonly<Record<string, number[]>> = {},
) {
  const steps = exampleLayout({ examples: 3, lengths: { clicks: [2, 0, 1] }, tables: { item_id: 3 } });
  const feeds = {
    inputs: { ...inputs, ...scalars },
    parameters: { ...Object.fromEntries(initialParameters(graph, 1)), ...parameters },
    tables: { item_id: [1, 2, 3] },
  };
  return evaluate(graph, feeds, steps).outputs;
}

const inputsOf = ({ nodes }: ValidGraph) =>
  nodes
    .flatMap(({ op, attributes }) => (op === "input" ? [(attributes as { name: string }).name] : []))
    .filter((name) => !name.startsWith("scalar/"))
    .sort();

const a = [0.5, -1, 2];
const b = [1, 3, -2];

describe("labels with weights", () => {
  const spec = (clickWeight: string, buyWeight: string) =>
    `model two
features item { a : number  b : number }
label click : binary
label buy   : binary
net {
  predict click${clickWeight} = sigmoid(a)
  predict buy${buyWeight} = sigmoid(b)
}`.replace("{ a : number  b : number }", "{\n  a : number\n  b : number\n}");
  const inputs = { a, b, "label/click": [1, 0, 1], "label/buy": [0, 0, 1] };
  const click = mean([softplus(-0.5), softplus(-1), softplus(-2)]);
  const buy = mean([softplus(1), softplus(3), softplus(2)]);

  test("add up with them, and each is said before its weight", () => {
    const { step } = programOf(spec("(weight: 2)", "(weight: 0.25)"));
    const outputs = outputsOf(step, inputs);
    expect(outputs.get("loss.click")![0]).toBeCloseTo(click, 12);
    expect(outputs.get("loss.buy")![0]).toBeCloseTo(buy, 12);
    expect(outputs.get("loss")![0]).toBeCloseTo(2 * click + 0.25 * buy, 12);
  });

  test("count once where no weight is given", () => {
    const { step } = programOf(spec("(weight: 3)", ""));
    expect(outputsOf(step, inputs).get("loss")![0]).toBeCloseTo(3 * click + buy, 12);
  });

  test("of which there is one are said once", () => {
    const one = spec("", "")
      .replace(/label buy.*\n/, "")
      .replace(/ {2}predict buy.*\n/, "")
      .replace(/ {2}b : number\n/, "");
    const outputs = outputsOf(programOf(one).step, inputs);
    expect([...outputs.keys()]).toEqual(["loss"]);
  });
});

/** One label, a table of one number an item, and the losses given. */
const spec = (net: string) => `model auxiliary
features user { age : number }
features item {
  item_id : id  embed 1
  a       : number
}
history clicks(max: 5) { item_id <-> clicked }
label click : binary
net {
  predict click = item_id + a |> sigmoid
${net}
}`;
const data = {
  age: [10, 20, 30],
  a,
  item_id: [0, 1, 2],
  "clicks.item_id": [0, 1, 2],
  "label/click": [1, 0, 1],
};
const click = mean([softplus(-1.5), softplus(1), softplus(-5)]);

describe("an auxiliary loss", () => {
  test("is its mean over the examples, times its weight; an example without steps counts 0", () => {
    const { step } = programOf(spec("  loss near(weight: 1 / 4) = sum(clicks * clicks) * 2"));
    const outputs = outputsOf(step, data);
    const near = mean([2 * (1 + 4), 0, 2 * 9]);
    expect(outputs.get("loss.click")![0]).toBeCloseTo(click, 12);
    expect(outputs.get("loss.near")![0]).toBeCloseTo(near, 12);
    expect(outputs.get("loss")![0]).toBeCloseTo(click + near / 4, 12);
    // ∂/∂row: a row's own steps, 2 · 2x / 3 / 4, beside what the label gives.
    const errors = [1.5, 1, 5].map((z, i) => (1 / (1 + Math.exp(-z)) - data["label/click"][i]!) / 3);
    expect(outputs.get("gradient.item_id")![2]).toBeCloseTo(errors[2]! + (4 * 3) / 3 / 4, 12);
  });

  test("has layers of its own, trained with the rest", () => {
    const { step } = programOf(spec("  loss old = total(dense(age, 1) * dense(age, 1))"));
    const names = ["net.old.dense_1.kernel", "net.old.dense_2.kernel"];
    expect([...step.updates.keys()]).toEqual(expect.arrayContaining(names));
  });

  test("leaves nothing in what predicts", () => {
    const { step, predict } = programOf(
      spec("  loss old = total(dense(age, 1)) + mean(log_loss(shuffled(clicks), 0))"),
    );
    expect(inputsOf(step)).toEqual(
      ["age", "a", "clicks.item_id", "item_id", "label/click", "order/net.old.shuffled_1"].sort(),
    );
    expect(inputsOf(predict)).toEqual(["a", "item_id"]);
    expect([...predict.parameters.keys()]).toEqual([]);
    expect([...predict.outputs.keys()]).toEqual(["logit.click"]);
  });
});

describe("log_loss", () => {
  const lossOf = (expression: string, inputs: Readonly<Record<string, number[]>> = data) =>
    outputsOf(programOf(spec(`  loss it = ${expression}`)).step, inputs).get("loss.it")![0]!;

  test.each([
    ["log_loss(a, 1)", mean(a.map((z) => softplus(-z)))],
    ["log_loss(a, 0)", mean(a.map(softplus))],
    ["log_loss(a, 0.3)", mean(a.map((z) => softplus(z) - 0.3 * z))],
    ["log_loss(a, age)", mean(a.map((z, i) => softplus(z) - data.age[i]! * z))],
    ["log_loss(a, sigmoid(age))", mean(a.map((z, i) => softplus(z) - z / (1 + Math.exp(-data.age[i]!))))],
    // Steps of 1 and 2, none, and 3, each with its example's truth.
    ["mean(log_loss(clicks, age))", mean([mean([softplus(1) - 10, softplus(2) - 20]), 0, softplus(3) - 90])],
  ])("%s", (expression, expected) => {
    expect(lossOf(expression)).toBeCloseTo(expected, 10);
  });

  test("keeps its digits in 32 bits where the model is sure", async () => {
    const { step } = programOf(spec("  loss sure = log_loss(a, 1)"));
    const feeds = {
      inputs: { ...data, ...scalars, a: [20, 100, 1e4] },
      parameters: Object.fromEntries(initialParameters(step, 1)),
      tables: { item_id: [1, 2, 3] },
    };
    const steps = exampleLayout({ examples: 3, lengths: { clicks: [2, 0, 1] }, tables: { item_id: 3 } });
    const found = (await runOnce(wayNamed("wasm"), step, feeds, steps)).outputs.get("loss.sure")![0]!;
    expect(found / (Math.log1p(Math.exp(-20)) / 3)).toBeCloseTo(1, 5);
  });
});

describe("shuffled", () => {
  test("reads other rows, and gives their gradient back to them", () => {
    const { step } = programOf(spec("  loss other = sum(shuffled(clicks) * clicks)"));
    const outputs = outputsOf(step, { ...data, "order/net.other.shuffled_1": [2, 0, 1] });
    // Steps 1 2 3 meet 3 1 2.
    expect(outputs.get("loss.other")![0]).toBeCloseTo(mean([3 + 2, 0, 6]), 12);
    const errors = [1.5, 1, 5].map((z, i) => (1 / (1 + Math.exp(-z)) - data["label/click"][i]!) / 3);
    expect([...outputs.get("gradient.item_id")!]).toEqual([
      expect.closeTo(errors[0]! + (3 + 2) / 3, 12),
      expect.closeTo(errors[1]! + (1 + 3) / 3, 12),
      expect.closeTo(errors[2]! + (2 + 1) / 3, 12),
    ]);
  });

  test("takes other examples where there are no steps", () => {
    const { step } = programOf(spec("  loss other = shuffled(item_id) * a"));
    const outputs = outputsOf(step, { ...data, "order/net.other.shuffled_1": [1, 2, 0] });
    expect(outputs.get("loss.other")![0]).toBeCloseTo(mean([2 * 0.5, 3 * -1, 1 * 2]), 12);
  });
});
