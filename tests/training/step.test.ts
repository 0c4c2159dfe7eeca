// The training step as a Graph, run by the reference: loss, gradients, dense optimizers and moving averages against
// what logistic regression gives by hand.

import { describe, expect, test } from "vitest";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { check } from "../../compiler/frontend/check/check.ts";
import { lower } from "../../compiler/frontend/check/lower.ts";
import { evaluate } from "../../compiler/middle/builder/evaluate.ts";
import type { ValidGraph } from "../../compiler/middle/graph/graph.ts";
import { exampleLayout } from "../../compiler/middle/graph/layout.ts";
import { sizeOf } from "../../compiler/middle/graph/types.ts";
import type { TrainingProgram } from "../../compiler/middle/programs/program.ts";
import { trainingProgram } from "../../compiler/middle/programs/step.ts";
import { optimizerOf } from "../../compiler/middle/training/optimizers/registry.ts";
import type { Optimizer } from "../../compiler/middle/training/settings.ts";
import { initialParameters } from "../../compiler/train/initial.ts";

const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));
const softplus = (z: number) => Math.log(1 + Math.exp(z));

function programOf(spec: string, optimizer?: Optimizer): TrainingProgram {
  const { value: model, diagnostics } = check(sourceFile("model.din", spec));
  expect(diagnostics.filter((diagnostic) => diagnostic.severity === "error")).toEqual([]);
  return trainingProgram(
    lower(model!),
    optimizer ? { ...model!, train: { ...model!.train, optimizer } } : model!,
  );
}

const logistic = (labels: readonly string[]) => `
model tiny
features item {
  price : number
  kind  : enum("a", "b") embed 1
}
${labels.map((label) => `label ${label} : binary`).join("\n")}
net {
${labels.map((label) => `  predict ${label} = concat(price, kind) |> dense(1) |> sigmoid`).join("\n")}
}
`;

const prices = [0.5, -1, 2];
const clicks = [1, 0, 1];
/** Rows of the batch's two distinct ids; the examples read 0, 1, 0. */
const tableRows = [0.3, -0.4];
const kinds = [0, 1, 0];
const layout = exampleLayout({ examples: 3, lengths: {}, tables: { kind: 2 } });

/** Runs the Graph on the three examples. */
function runStep(
  graph: ValidGraph,
  parameters: Readonly<Record<string, ArrayLike<number>>>,
  scalars: Readonly<Record<string, number>> = {},
) {
  const fed = Object.entries(scalars).map(([name, value]) => [`scalar/${name}`, [value]]);
  const inputs = {
    price: prices,
    kind: kinds,
    "label/click": clicks,
    "label/buy": [0, 0, 1],
    ...Object.fromEntries(fed),
  };
  return evaluate(graph, { inputs, parameters, tables: { kind: tableRows } }, layout);
}

const KERNEL = "net.click.dense_1.kernel";
const BIAS = "net.click.dense_1.bias";
const weights = { [KERNEL]: [0.7, -0.2], [BIAS]: [0.1] };
const logits = prices.map((price, i) => 0.7 * price - 0.2 * tableRows[kinds[i]!]! + 0.1);
const errors = logits.map((z, i) => (sigmoid(z) - clicks[i]!) / 3);

/** Every parameter that the program needs and `weights` does not give starts as in training. */
function startOf(program: TrainingProgram): Record<string, ArrayLike<number>> {
  return { ...Object.fromEntries(initialParameters(program.step, 1)), ...weights };
}

test("the loss is the mean of softplus(z) − y·z, and the table's gradient the sum over the rows that read it", () => {
  const program = programOf(logistic(["click"]));
  const { outputs } = runStep(program.step, startOf(program), { learning_rate: 1, bias1: 1, bias2: 1 });
  const expected = logits.reduce((sum, z, i) => sum + softplus(z) - clicks[i]! * z, 0) / 3;
  expect(outputs.get("loss")![0]).toBeCloseTo(expected, 12);
  const gradient = outputs.get("gradient.kind")!;
  expect(gradient[0]).toBeCloseTo(-0.2 * (errors[0]! + errors[2]!), 12);
  expect(gradient[1]).toBeCloseTo(-0.2 * errors[1]!, 12);
  expect(program.tables).toEqual(["kind"]);
});

test("the loss of several labels is the sum of theirs", () => {
  const one = programOf(logistic(["click"]));
  const two = programOf(logistic(["click", "buy"]));
  const scalars = { learning_rate: 1, bias1: 1, bias2: 1 };
  const buy = { "net.buy.dense_1.kernel": [0, 0], "net.buy.dense_1.bias": [0] };
  const first = runStep(one.step, startOf(one), scalars).outputs.get("loss")![0]!;
  const both = runStep(two.step, { ...startOf(two), ...buy }, scalars).outputs.get("loss")![0]!;
  expect(both - first).toBeCloseTo(Math.log(2), 12);
});

describe("a dense parameter moves as a table's row would", () => {
  test.each<Optimizer>([
    { kind: "sgd", learningRate: 0.1 },
    { kind: "adam", learningRate: 0.1, beta1: 0.9, beta2: 0.99, epsilon: 1e-3 },
    { kind: "adagrad", learningRate: 0.1, initialAccumulator: 0.1, epsilon: 1e-3, rowWise: false },
    { kind: "momentum", learningRate: 0.1, momentum: 0.8, nesterov: false },
    { kind: "momentum", learningRate: 0.1, momentum: 0.8, nesterov: true },
    { kind: "adamw", learningRate: 0.1, beta1: 0.9, beta2: 0.99, epsilon: 1e-3, weightDecay: 0.5 },
    { kind: "ftrl", learningRate: 0.1, beta: 1, l1: 0.02, l2: 0.3 },
  ])("$kind, over three steps", (settings) => {
    const program = programOf(logistic(["click"]), settings);
    const optimizer = optimizerOf(settings);
    let parameters = startOf(program);
    const kernel = {
      width: 2,
      values: Float32Array.from(parameters[KERNEL]!),
      slots: optimizer.slots(settings).map(({ initial }) => new Float32Array(2).fill(initial)),
      decay: null,
    };
    for (let t = 1; t <= 3; t++) {
      const [w, v] = Array.from(parameters[KERNEL]!) as [number, number];
      const z = prices.map((price, i) => w * price + v * tableRows[kinds[i]!]! + parameters[BIAS]![0]!);
      const error = z.map((logit, i) => (sigmoid(logit) - clicks[i]!) / 3);
      const gradient = [prices, kinds.map((id) => tableRows[id]!)].map((xs) =>
        xs.reduce((sum, x, i) => sum + x * error[i]!, 0),
      );
      const scalars = optimizer.scalars(settings, t);
      optimizer.rows(settings, {
        table: kernel,
        rows: Int32Array.of(0),
        gradients: Float32Array.from(gradient),
        scalars,
      });
      const { updates } = runStep(program.step, parameters, scalars);
      parameters = { ...parameters, ...Object.fromEntries(updates) };
      kernel.values.forEach((value, i) => {
        expect(parameters[KERNEL]![i]).toBeCloseTo(value, 5);
      });
    }
    // Every parameter of the step is updated: weights and slots.
    expect([...program.step.updates.keys()].sort()).toEqual([...program.step.parameters.keys()].sort());
  });
});

describe("what pulls weights to 0", () => {
  const scalars = { learning_rate: 1, bias1: 1, bias2: 1 };
  const plain = programOf(logistic(["click"]), { kind: "sgd", learningRate: 1 });
  const before = startOf(plain);
  const after = (train: string) => {
    const program = programOf(`${logistic(["click"])}train { ${train} }`);
    return runStep(program.step, { ...startOf(program), ...before }, scalars);
  };
  const unregularised = after("optimizer sgd(1)");

  test("l2 pulls matrices by λ times themselves, and neither biases nor what the graph gives for tables", () => {
    const { updates, outputs } = after("optimizer sgd(1)  regularize l2(dense: 0.25, tables: 0.5)");
    [0.7, -0.2].forEach((w, i) => {
      expect(unregularised.updates.get(KERNEL)![i]! - updates.get(KERNEL)![i]!).toBeCloseTo(0.25 * w, 12);
    });
    expect(updates.get(BIAS)![0]).toBeCloseTo(unregularised.updates.get(BIAS)![0]!, 12);
    expect(outputs.get("gradient.kind")).toEqual(unregularised.outputs.get("gradient.kind"));
  });

  test("adamw's decay is η·λ of a matrix beside Adam's step, and nothing for a bias", () => {
    const adam = after("optimizer adam(1)");
    const adamw = after("optimizer adamw(1, weight_decay: 0.25)");
    [0.7, -0.2].forEach((w, i) => {
      expect(adam.updates.get(KERNEL)![i]! - adamw.updates.get(KERNEL)![i]!).toBeCloseTo(0.25 * w, 12);
    });
    expect(adamw.updates.get(BIAS)![0]).toBeCloseTo(adam.updates.get(BIAS)![0]!, 12);
  });

  test("l2 is added after the clipping, which is of the loss's gradients", () => {
    const { updates } = after("optimizer sgd(1)  clip norm(1e-9)  regularize l2(dense: 0.25)");
    [0.7, -0.2].forEach((w, i) => {
      expect(updates.get(KERNEL)![i]).toBeCloseTo(0.75 * w, 8);
    });
  });
});

const dice = `
model tiny
features item { price : number  cost : number }
label click : binary
net { predict click = concat(price, cost) |> dense(2, dice) |> dense(1) |> sigmoid }
`;

describe("batch statistics", () => {
  const program = programOf(dice);
  const statistics = [...program.step.parameters.values()].filter(({ role }) => role === "statistic");
  const inputs = {
    price: [1, 2, 6],
    cost: [0, 0, 3],
    "label/click": [1, 0, 1],
    "scalar/learning_rate": [0],
    "scalar/bias1": [1],
    "scalar/bias2": [1],
  };
  const parameters = {
    ...Object.fromEntries(initialParameters(program.step, 1)),
    "net.click.dense_1.kernel": [1, 0, 0, 1],
  };
  const run = (graph: ValidGraph, over: Readonly<Record<string, ArrayLike<number>>> = {}) =>
    evaluate(
      graph,
      { inputs, parameters: { ...parameters, ...over }, tables: {} },
      exampleLayout({ examples: 3, lengths: {}, tables: {} }),
    );

  test("are the batch's mean and variance after the first batch", () => {
    expect(statistics.map(({ dims }) => sizeOf(dims))).toEqual([2, 2]);
    const { updates } = run(program.step);
    const moved = statistics.map(({ name }) => [...updates.get(name)!]);
    // Units are price (1 2 6: mean 3, squares 14) and cost (0 0 3: mean 1, squares 6); an unbiased variance has 3 − 1 rows.
    const expected = [
      [3, 1],
      [14 / 2, 6 / 2],
    ];
    moved.flat().forEach((value, i) => {
      expect(value).toBeCloseTo(expected.flat()[i]!, 12);
    });
  });

  test("are the moving averages when predicting: no row depends on its batch", () => {
    expect(program.predict.nodes.some((node) => node.op === "batch_mean")).toBe(false);
    expect(program.predict.updates.size).toBe(0);
    expect([...program.predict.outputs.keys()]).toEqual(["logit.click"]);
    const names = program.predict.nodes
      .filter((node) => node.op === "input")
      .map((node) => (node.attributes as { name: string }).name);
    expect(names.sort()).toEqual(["cost", "price"]);
    const all = run(program.predict).outputs.get("logit.click")!;
    const alone = evaluate(
      program.predict,
      { inputs: { price: [6], cost: [3] }, parameters, tables: {} },
      exampleLayout({ examples: 1, lengths: {}, tables: {} }),
    ).outputs.get("logit.click")!;
    expect(alone[0]).toBeCloseTo(all[2]!, 12);
    const moved = run(program.predict, { [statistics[0]!.name]: [5, 5] }).outputs.get("logit.click")!;
    expect(moved[2]).not.toBeCloseTo(all[2]!, 6);
  });
});
