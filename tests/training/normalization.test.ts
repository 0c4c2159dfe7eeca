// dropout by the noise that it is given, and batch_norm and layer_norm against PyTorch 2.5.1 in f64: values, gradients,
// moving averages, and what of them a model that predicts has.

import { describe, expect, test } from "vitest";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { check } from "../../compiler/frontend/check/check.ts";
import { lower } from "../../compiler/frontend/check/lower.ts";
import { evaluate } from "../../compiler/middle/builder/evaluate.ts";
import type { ValidGraph } from "../../compiler/middle/graph/graph.ts";
import { exampleLayout } from "../../compiler/middle/graph/layout.ts";
import { MANY_ROWS, rowsSlot } from "../../compiler/middle/programs/moving-averages.ts";
import { trainingProgram } from "../../compiler/middle/programs/step.ts";
import { initialParameters } from "../../compiler/train/initial.ts";

const programOf = (net: string) => {
  const { value: model, diagnostics } = check(
    sourceFile(
      "norm.din",
      `model norm
features item {
  item_id : id           embed 4
  weights : id(size: 3)  embed 4
}
history clicks(max: 5) { item_id <-> clicked }
label click : binary
net {
${net}
}
train { optimizer sgd(1) }`,
    ),
  );
  expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  return trainingProgram(lower(model!), model!);
};

/** Three examples; the rows of `item_id` are x, those of `weights` what the values are multiplied by. */
const x = [0.5, -1, 2, 0.25, 1.5, 3, -2, 0, -0.75, 0.125, 1, 4];
const w = [1, -2, 0.5, 1, 0.25, 1, 1, -1, 2, 0.5, -0.5, 1];
const ids = [0, 1, 2];
const labels = [1, 0, 1];

function run(
  graph: ValidGraph,
  parameters: Readonly<Record<string, number[]>> = {},
  inputs: Readonly<Record<string, number[]>> = {},
  lengths = [2, 0, 1],
) {
  return evaluate(
    graph,
    {
      inputs: {
        item_id: ids,
        weights: ids,
        "clicks.item_id": ids,
        "label/click": labels,
        "scalar/learning_rate": [1],
        ...inputs,
      },
      parameters: { ...Object.fromEntries(initialParameters(graph, 1)), ...parameters },
      tables: { item_id: x, weights: w },
    },
    exampleLayout({ examples: 3, lengths: { clicks: lengths }, tables: { item_id: 3, weights: 3 } }),
  );
}

const close = (values: readonly number[], digits = 9) => values.map((value) => expect.closeTo(value, digits));
const gamma = [0.5, 1.5, -1, 2];
const beta = [0.1, -0.2, 0.3, 0];

/** As `torch.nn.functional` gives them, the loss being Σ w·y. */
const torch = {
  layer_norm: {
    y: [
      0.129310390163, -2.222416921239, -1.165519508144, -0.351724681955, 0.336507736858, 1.725848714415,
      1.719046421148, -0.675736391023, -0.415484587543, -1.012543502399, 0.352422161445, 3.250174009595,
    ],
    dx: [
      0.662354745407, -1.634138108776, -1.261848583866, 2.233631947235, -0.007404568141, 0.288809950943,
      0.427655539036, -0.709060921838, 0.222557281184, -0.03944109657, -0.301439474324, 0.11832328971,
    ],
    dgamma: [-1.885063701418, 3.709607203796, -0.660075586353, 1.787092859332],
  },
  batch_norm: {
    y: [
      0.145267605869, -1.72141720862, -0.680578978536, -1.275363147183, 0.688478876297, 1.840925523759,
      1.672810569951, -1.54865525015, -0.533746482165, -0.719508315139, -0.092231591415, 2.824018397333,
    ],
    dx: [
      -0.010018656696, -0.664399954305, -0.305487348365, 1.088631368279, 0.005560280555, -0.259976676031,
      -0.101830360698, -1.020594221099, 0.004458376141, 0.924376630336, 0.407317709064, -0.06803714718,
    ],
    dgamma: [-2.150211278776, 3.21600385562, -1.07863687639, 1.54865525015],
  },
};
const dbeta = [3.25, -0.5, 1, 1];

describe.each(["layer_norm", "batch_norm"] as const)("%s", (name) => {
  const program = programOf(`
  predict click = total(item_id) |> sigmoid
  loss probe = total(${name}(item_id) * weights)`);
  const at = (parameter: string) => `net.probe.${name}_1.${parameter}`;
  const parameters = { [at("gamma")]: gamma, [at("beta")]: beta };
  const { outputs, updates } = run(program.step, parameters);
  const { y, dx, dgamma } = torch[name];

  test("gives PyTorch's values", () => {
    const sum = y.reduce((total, value, i) => total + value * w[i]!, 0);
    expect(outputs.get("loss.probe")![0]).toBeCloseTo(sum / 3, 10);
    // The gradient by w is y itself, divided by the three examples of the mean.
    expect([...outputs.get("gradient.weights")!]).toEqual(close(y.map((value) => value / 3)));
  });

  test("gives PyTorch's gradients", () => {
    const errors = [0, 1, 2].map((row) => {
      const z = x.slice(4 * row, 4 * row + 4).reduce((a, b) => a + b, 0);
      return (1 / (1 + Math.exp(-z)) - labels[row]!) / 3;
    });
    expect([...outputs.get("gradient.item_id")!]).toEqual(
      close(dx.map((slope, i) => slope / 3 + errors[Math.floor(i / 4)]!)),
    );
    expect([...updates.get(at("gamma"))!]).toEqual(close(dgamma.map((slope, i) => gamma[i]! - slope / 3)));
    expect([...updates.get(at("beta"))!]).toEqual(close(dbeta.map((slope, i) => beta[i]! - slope / 3)));
  });

  test("starts as a plain normalization", () => {
    const initial = initialParameters(program.step, 1);
    expect([...initial.get(at("gamma"))!]).toEqual([1, 1, 1, 1]);
    expect([...initial.get(at("beta"))!]).toEqual([0, 0, 0, 0]);
  });
});

describe("batch_norm", () => {
  const program = programOf("  predict click = total(batch_norm(item_id) * weights) |> sigmoid");
  const at = (parameter: string) => `net.click.batch_norm_1.${parameter}`;
  const moving = { [at("mean")]: [0.2, -0.1, 0.5, 1], [at("variance")]: [0.8, 2, 1.5, 3] };

  test("goes by the moving averages when predicting, as PyTorch does", () => {
    const y = [
      0.267704050165, -1.154591768125, -0.924740788929, -0.866023960412, 0.826717550717, 3.088038312432,
      2.341234648215, -1.154698613883, -0.431062825524, 0.038647942031, -0.108246929643, 3.464095841649,
    ];
    const parameters = { ...moving, [at("gamma")]: gamma, [at("beta")]: beta };
    const logits = run(program.predict, parameters).outputs.get("logit.click")!;
    const rows = [0, 1, 2].map((row) =>
      [0, 1, 2, 3].reduce((sum, i) => sum + y[4 * row + i]! * w[4 * row + i]!, 0),
    );
    expect([...logits]).toEqual(close(rows));
  });

  test("after many batches moves them by a tenth towards the batch's mean and unbiased variance, as PyTorch does", () => {
    const many = { [rowsSlot(at("mean"))]: [MANY_ROWS], [rowsSlot(at("variance"))]: [MANY_ROWS] };
    const { updates } = run(program.step, { ...moving, ...many });
    const means = [0, 1, 2, 3].map((unit) => (x[unit]! + x[4 + unit]! + x[8 + unit]!) / 3);
    const variances = [0, 1, 2, 3].map(
      (unit) => [0, 4, 8].reduce((sum, row) => sum + (x[row + unit]! - means[unit]!) ** 2, 0) / 2,
    );
    const moved = (name: string, batch: readonly number[]) =>
      moving[at(name)]!.map((value, i) => 0.9 * value + 0.1 * batch[i]!);
    expect([...updates.get(at("mean"))!]).toEqual(close(moved("mean", means)));
    expect([...updates.get(at("variance"))!]).toEqual(close(moved("variance", variances)));
  });
});

test("normalizations of steps go by the steps there are", () => {
  const { step } = programOf(`
  predict click = total(item_id) |> sigmoid
  loss batch = sum(total(batch_norm(clicks) * clicks))
  loss layer = sum(total(layer_norm(clicks) * clicks))`);
  const { outputs } = run(step);
  const sums = (of: (values: readonly number[]) => number[], groups: readonly (readonly number[])[]) =>
    groups.reduce(
      (sum, group) => sum + of(group.map((i) => x[i]!)).reduce((a, v, i) => a + v * x[group[i]!]!, 0),
      0,
    );
  const normal = (values: readonly number[]) => {
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    return values.map((value) => (value - mean) / Math.sqrt(variance + 1e-5));
  };
  // Steps are the rows of the table, one each: units are columns, widths are rows.
  const [columns, rows] = [
    [0, 1, 2, 3].map((unit) => [unit, 4 + unit, 8 + unit]),
    [0, 4, 8].map((row) => [row, row + 1, row + 2, row + 3]),
  ];
  expect(outputs.get("loss.batch")![0]).toBeCloseTo(sums(normal, columns) / 3, 9);
  expect(outputs.get("loss.layer")![0]).toBeCloseTo(sums(normal, rows) / 3, 9);
});

describe("dropout", () => {
  const { step, predict } = programOf(`
  predict click = total(dropout(item_id, 0.2)) |> sigmoid
  loss steps = sum(total(dropout(clicks, 0.75)))`);
  const noise = [0, 0.2, 0.9, 0.19, 0.5, 0.5, 0.5, 0.5, 0.1, 0.1, 0.1, 0.1];
  const inputs = {
    "noise/net.click.dropout_1": noise,
    "noise/net.steps.dropout_1": [0, 0.75, 0.74, 0.8, ...new Array<number>(8).fill(0)],
  };
  const kept = noise.map((value) => (value >= 0.2 ? 1.25 : 0));

  test("leaves out what the noise is below the rate for, and scales the rest", () => {
    const { outputs } = run(step, {}, inputs);
    const logits = [0, 4, 8].map((row) =>
      [0, 1, 2, 3].reduce((sum, i) => sum + kept[row + i]! * x[row + i]!, 0),
    );
    const losses = logits.map((z, i) => Math.log(1 + Math.exp(z)) - labels[i]! * z);
    expect(outputs.get("loss.click")![0]).toBeCloseTo(losses.reduce((a, b) => a + b, 0) / 3, 12);
    expect(outputs.get("loss.steps")![0]).toBeCloseTo((4 * -1 + 4 * 0.25) / 3, 12);
  });

  test("gives what it leaves out no gradient", () => {
    const { outputs } = run(
      step,
      {},
      { ...inputs, "noise/net.steps.dropout_1": new Array<number>(12).fill(0) },
    );
    outputs.get("gradient.item_id")!.forEach((slope, i) => {
      expect(slope === 0, `number ${i}`).toBe(kept[i] === 0);
    });
  });

  test("is nothing at all when predicting", () => {
    expect(predict.nodes.filter(({ op }) => op === "dropout")).toEqual([]);
    const names = predict.nodes.flatMap(({ op, attributes }) =>
      op === "input" ? [(attributes as { readonly name: string }).name] : [],
    );
    expect(names).toEqual(["item_id"]);
    const sums = [0, 4, 8].map((row) => x.slice(row, row + 4).reduce((a, b) => a + b, 0));
    expect([...run(predict).outputs.get("logit.click")!]).toEqual(close(sums, 12));
  });

  test("at a rate of 0 draws nothing", () => {
    const { step: plain } = programOf("  predict click = total(dropout(item_id, 0)) |> sigmoid");
    expect(plain.nodes.filter(({ op }) => op === "dropout")).toEqual([]);
  });
});

describe("vector_dropout", () => {
  const { step, predict } = programOf(`
  predict click = total(vector_dropout(item_id, 0.2)) |> sigmoid
  loss steps = sum(total(vector_dropout(clicks, 0.75)))
  loss list = total(sum(vector_dropout([item_id, item_id], 0.5)))`);
  const inputs = {
    "noise/net.click.vector_dropout_1": [0.1, 0.2, 0.9],
    "noise/net.steps.vector_dropout_1": [0.7, 0.75, 0.1],
    "noise/net.list.vector_dropout_1": [0.6, 0.4, 0.4, 0.4, 0.6, 0.6],
  };
  const sums = [0, 4, 8].map((row) => x.slice(row, row + 4).reduce((a, b) => a + b, 0));

  test("leaves out each vector as a whole, of a row, a step and an element, and scales the rest", () => {
    const { outputs } = run(step, {}, inputs);
    const logits = [0, 1.25 * sums[1]!, 1.25 * sums[2]!];
    const losses = logits.map((z, i) => Math.log(1 + Math.exp(z)) - labels[i]! * z);
    expect(outputs.get("loss.click")![0]).toBeCloseTo(losses.reduce((a, b) => a + b, 0) / 3, 12);
    const { outputs: all } = run(
      step,
      {},
      { ...inputs, "noise/net.steps.vector_dropout_1": [0.9, 0.9, 0.9] },
    );
    const { outputs: first } = run(step, {}, { ...inputs, "noise/net.steps.vector_dropout_1": [0.9, 0, 0] });
    const { outputs: last } = run(step, {}, { ...inputs, "noise/net.steps.vector_dropout_1": [0, 0.9, 0.9] });
    const [a, b, c] = [all, first, last].map((each) => each.get("loss.steps")![0]!);
    expect(b! + c!).toBeCloseTo(a!, 12);
    expect([b, c]).not.toContain(0);
    expect(outputs.get("loss.list")![0]).toBeCloseTo((2 * sums[0]! + 4 * sums[2]!) / 3, 12);
  });

  test("is nothing at all when predicting", () => {
    expect(predict.nodes.filter(({ op }) => op === "dropout" || op === "broadcast_like")).toEqual([]);
    expect([...run(predict).outputs.get("logit.click")!]).toEqual(close(sums, 12));
  });
});
