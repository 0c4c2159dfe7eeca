// batch_norm by a feature against the formula of batch_norm over the rows of each value alone: values,
// gradients by differences, moving averages, and what a model that predicts has of them.

import { expect, test } from "vitest";
import { lower } from "../../compiler/frontend/check/lower.ts";
import { evaluate } from "../../compiler/middle/builder/evaluate.ts";
import type { ValidGraph } from "../../compiler/middle/graph/graph.ts";
import { exampleLayout } from "../../compiler/middle/graph/layout.ts";
import { rowsSlot } from "../../compiler/middle/programs/moving-averages.ts";
import { trainingProgram } from "../../compiler/middle/programs/step.ts";
import { initialParameters } from "../../compiler/train/initial.ts";
import { modelOf } from "../data/models.ts";

const WIDTH = 2;
const EPSILON = 1e-5;
const program = ((model) => trainingProgram(lower(model), model))(
  modelOf(`model by_domain
features context { domain : enum("a", "b", "c") }
features item {
  item_id : id           embed ${WIDTH}
  weights : id(size: 9)  embed ${WIDTH}
}
label click : binary
net {
  predict click = total(batch_norm(item_id, per: domain)) + total(item_id) |> sigmoid
  loss probe    = total(batch_norm(item_id, per: domain) * weights)
}
train { optimizer sgd(1) }`),
);

const ROWS = 5;
const x = [0.5, -1, 2, 0.25, 1.5, 3, -2, 0.5, -0.75, 0.125];
const w = [1, -2, 0.5, 1, 0.25, 1, 1, -1, 2, 0.5];
/** The value of each row; nobody has the last. */
const domain = [0, 1, 0, 1, 0];
const gamma = [0.5, 1.5, -1, 2, 1, 1];
const beta = [0.1, -0.2, 0.3, 0, 0, 0];
const at = (name: string, of = "probe") => `net.${of}.batch_norm_1.${name}`;

function run(
  graph: ValidGraph,
  parameters: Readonly<Record<string, readonly number[]>>,
  rows: readonly number[] = x,
  which = [1, 0, 0, 0, 1, 0, 0, 0, 1],
) {
  const ids = Array.from({ length: ROWS }, (_, i) => i);
  const given = {
    inputs: {
      ...{ item_id: ids, weights: ids, domain },
      ...{ "label/click": [1, 0, 1, 0, 1], "scalar/learning_rate": [1] },
    },
    parameters: { ...Object.fromEntries(initialParameters(graph, 1)), ...parameters },
    tables: { item_id: rows, weights: w, "domain.values": which },
  };
  const tables = { item_id: ROWS, weights: ROWS, "domain.values": 3 };
  return evaluate(graph, given, exampleLayout({ examples: ROWS, lengths: {}, tables }));
}

const learned = { [at("gamma")]: gamma, [at("beta")]: beta };

/** By value and number: the mean and the mean square of x − E over the rows of the value. */
function statistics(value: number, j: number): { readonly mean: number; readonly variance: number } {
  const own = x.filter((_, i) => i % WIDTH === j && domain[(i - j) / WIDTH] === value);
  const mean = own.reduce((a, b) => a + b, 0) / own.length;
  return { mean, variance: own.reduce((a, b) => a + (b - mean) ** 2, 0) / own.length };
}

const expected = x.map((number, i) => {
  const [value, j] = [domain[Math.floor(i / WIDTH)]!, i % WIDTH];
  const { mean, variance } = statistics(value, j);
  const k = value * WIDTH + j;
  return (gamma[k]! * (number - mean)) / Math.sqrt(variance + EPSILON) + beta[k]!;
});

test("rows of each value are normalised by themselves", () => {
  const { outputs } = run(program.step, learned);
  // The gradient by w is what is multiplied with it, divided by the rows of the mean.
  const found = [...outputs.get("gradient.weights")!].map((slope) => slope * ROWS);
  for (const [i, value] of expected.entries()) expect(found[i]).toBeCloseTo(value, 9);
});

test("gradients are those of the statistics too, as differences show", () => {
  const { outputs } = run(program.step, learned);
  const step = 1e-5;
  const slope = (i: number) => {
    const moved = (by: number) => x.map((number, k) => (k === i ? number + by : number));
    const loss = (by: number) => run(program.step, learned, moved(by)).outputs.get("loss")![0]!;
    return (loss(step) - loss(-step)) / (2 * step);
  };
  const gradient = outputs.get("gradient.item_id")!;
  for (const i of x.keys()) expect(gradient[i]).toBeCloseTo(slope(i), 6);
});

test("a value that no row of a batch has keeps its mean and variance, and those of the others move by their rows", () => {
  const share = [0.5, 0.2, 0.3];
  const mean = [0.1, 0.2, 0.3, 0.4, 0.6, -0.9];
  const variance = [0.5, 0.6, 0.2, 0.3, 0.9, 0.3];
  const moving = { [at("share")]: share, [at("mean")]: mean, [at("variance")]: variance };
  // What 4 rows of each value, and 3 less one, left after a batch with a momentum of 0.9.
  const rowsBefore = { mean: [0.4, 0.4, 0.4], variance: [0.3, 0.3, 0.3] };
  const slots = {
    [rowsSlot(at("mean"))]: rowsBefore.mean,
    [rowsSlot(at("variance"))]: rowsBefore.variance,
  };
  const { updates } = run(program.step, { ...learned, ...moving, ...slots });
  const after = (name: string) => updates.get(at(name))!;
  expect(updates.has(at("share"))).toBe(false);
  for (let value = 0; value < 3; value++) {
    const rows = domain.filter((each) => each === value).length;
    for (const name of ["mean", "variance"] as const) {
      const counted = name === "mean" ? rows : rows - 1;
      const left = counted < 1 ? 0.4 : 0.9 * rowsBefore[name][value]!;
      if (counted >= 1) expect(updates.get(rowsSlot(at(name)))![value]).toBeCloseTo(left + 0.1 * counted, 9);
      for (let j = 0; j < WIDTH; j++) {
        const k = value * WIDTH + j;
        const before = moving[at(name)]![k]! / share[value]!;
        const found = after(name)[k]! / share[value]!;
        if (counted < 1) {
          expect(found).toBeCloseTo(before, 9);
          continue;
        }
        const sum = statistics(value, j)[name] * rows;
        expect(found).toBeCloseTo((left * before + 0.1 * sum) / (left + 0.1 * counted), 9);
      }
    }
  }
});

test("a prediction goes by the moving averages of its row's value, that of an unknown value by the mean of all", () => {
  const of = (name: string) => at(name, "click");
  const share = [0.5, 0.25, 0.25];
  const mean = [1, 2, 0.5, 0, -1, 3].map((each, i) => each * share[Math.floor(i / WIDTH)]!);
  const variance = [1, 4, 2, 1, 0.5, 1].map((each, i) => each * share[Math.floor(i / WIDTH)]!);
  const moving = { [of("share")]: share, [of("mean")]: mean, [of("variance")]: variance };
  const parameters = { ...moving, [of("gamma")]: gamma, [of("beta")]: beta };
  const total = (row: number, weights: readonly number[]) => {
    let sum = 0;
    for (let j = 0; j < WIDTH; j++) {
      const number = x[row * WIDTH + j]!;
      const mix = (matrix: (k: number) => number) =>
        weights.reduce((all, weight, value) => all + weight * matrix(value * WIDTH + j), 0);
      const centre = mix((k) => mean[k]! / share[Math.floor(k / WIDTH)]!);
      const scale = mix((k) => gamma[k]! / Math.sqrt(variance[k]! / share[Math.floor(k / WIDTH)]! + EPSILON));
      sum += (number - centre) * scale + mix((k) => beta[k]!) + number;
    }
    return sum;
  };
  const one = [1, 0, 0];
  const two = [0, 1, 0];
  const known = run(program.predict, parameters).outputs.get("logit.click")!;
  for (let row = 0; row < ROWS; row++)
    expect(known[row]).toBeCloseTo(total(row, domain[row] === 0 ? one : two), 9);
  const third = 1 / 3;
  const parts = [third, third, third];
  const unknown = run(program.predict, parameters, x, [...parts, ...parts, ...parts]);
  for (let row = 0; row < ROWS; row++)
    expect(unknown.outputs.get("logit.click")![row]).toBeCloseTo(total(row, parts), 9);
});
