// A training program made by hand, small enough to follow: one attention over a history, a moving average, one dense
// layer, SGD. And batches for it, one of which has no history at all.

import { type Batch, newArrays, type PackedExamples } from "../../compiler/backends/contract/batch.ts";
import { cutParts } from "../../compiler/backends/contract/batch-parts.ts";
import type { ParameterValues, StepFeed } from "../../compiler/backends/contract/session.ts";
import { Random } from "../../compiler/common/random.ts";
import { planBatches } from "../../compiler/data/batch-plan.ts";
import { DEFAULT_SETTINGS } from "../../compiler/frontend/check/train.ts";
import { differentiate } from "../../compiler/middle/autodiff/differentiate.ts";
import { GraphBuilder } from "../../compiler/middle/builder/builder.ts";
import { validate } from "../../compiler/middle/builder/validate.ts";
import type { Parameter } from "../../compiler/middle/graph/graph.ts";
import { ONCE, type Rows, type TensorType } from "../../compiler/middle/graph/types.ts";
import { inputNames, inputOf, type TrainingProgram } from "../../compiler/middle/programs/program.ts";
import { namedInput } from "../support/named-input.ts";

const EXAMPLES: Rows = { kind: "each", per: "example" };
const STEPS: Rows = { kind: "steps", per: "example", history: "clicks" };
export const WIDTH = 4;

const kernel: Parameter = {
  name: "net.dense_1.kernel",
  dims: [2 * WIDTH + 1, 1],
  init: { kind: "zeros" },
  role: "weight",
};
const bias: Parameter = { name: "net.dense_1.bias", dims: [1], init: { kind: "zeros" }, role: "weight" };
const moving: Parameter = { name: "net.mean", dims: [1], init: { kind: "zeros" }, role: "statistic" };

export function smallProgram(): TrainingProgram {
  const predict = new GraphBuilder();
  predict.output({ kind: "logit", of: "click" }, forward(predict, false).logit);

  const step = new GraphBuilder();
  const net = forward(step, true);
  const truth = step.add("input", [], inputOf({ kind: "label", of: "click" }, each([1])));
  const losses = step.add(
    "subtract",
    [step.add("softplus", [net.logit], {}), step.add("multiply", [truth, net.logit], {})],
    {},
  );
  const count = step.add("count_rows", [], { rows: EXAMPLES });
  const loss = step.add("divide", [step.add("sum_rows", [losses], {}), count], {});
  const gradients = differentiate(step, loss, [net.table, net.kernel, net.bias]);
  const rate = step.add(
    "input",
    [],
    inputOf({ kind: "scalar", of: "learning_rate" }, { rows: ONCE, dims: [1, 1], dtype: "f32" }),
  );
  step.output({ kind: "loss" }, loss);
  step.output({ kind: "gradient", of: "item" }, gradients.get(net.table)!);
  for (const [parameter, node] of [
    [kernel, net.kernel],
    [bias, net.bias],
  ] as const) {
    const ones = step.add("constant", [], { value: 1, dims: parameter.dims });
    const rates = step.add("matmul", [ones, rate], { transpose: false });
    const change = step.add("multiply", [gradients.get(node)!, rates], {});
    step.update(parameter.name, step.add("subtract", [node, change], {}));
  }
  const [tenth, rest] = [0.1, 0.9].map((value) => step.add("constant", [], { value, dims: [1] }));
  step.update(
    moving.name,
    step.add(
      "add",
      [step.add("multiply", [net.moving, rest!], {}), step.add("multiply", [net.mean, tenth!], {})],
      {},
    ),
  );
  return {
    step: validate(step.finish()),
    predict: validate(predict.finish()),
    settings: {
      ...DEFAULT_SETTINGS,
      optimizer: { kind: "sgd", learningRate: 0.5 },
      batch: 8,
      metrics: [],
      seed: 1,
    },
    tables: ["item"],
    weights: [],
  };
}

function forward(graph: GraphBuilder, training: boolean) {
  const table = graph.add("table", [], { name: "item", width: WIDTH });
  const ids = (name: string, rows: Rows) =>
    graph.add("input", [], namedInput({ name, type: { rows, dims: [], dtype: "i32" } }));
  const price = graph.add("input", [], namedInput({ name: "price", type: each([1]) }));
  const candidate = graph.add("lookup", [table, ids("item", EXAMPLES)], {});
  const clicked = graph.add("lookup", [table, ids("clicks.item", STEPS)], {});
  const products = graph.add(
    "multiply",
    [clicked, graph.add("repeat", [candidate], { history: "clicks" })],
    {},
  );
  const score = graph.add("sum_width", [products], {});
  const movingNode = graph.parameter(moving);
  const mean = training ? graph.add("batch_mean", [score, movingNode], { average: null }) : movingNode;
  const weight = graph.add("softmax_steps", [graph.add("subtract", [score, mean], {})], {});
  const interest = graph.add("sum_steps", [graph.add("multiply", [clicked, weight], {})], {});
  const kernelNode = graph.parameter(kernel);
  const biasNode = graph.parameter(bias);
  const x = graph.add("concat", [candidate, interest, price], { dim: 0 });
  const logit = graph.add("add", [graph.add("matmul", [x, kernelNode], { transpose: false }), biasNode], {});
  return { table, logit, mean, moving: movingNode, kernel: kernelNode, bias: biasNode };
}

function each(dims: readonly number[]): TensorType {
  return { rows: EXAMPLES, dims, dtype: "f32" };
}

export function initialValues(): ParameterValues {
  const random = Random.of(7, "weights");
  return new Map([
    [kernel.name, Float32Array.from({ length: 2 * WIDTH + 1 }, () => random.normal())],
    [bias.name, Float32Array.of(0.1)],
    [moving.name, Float32Array.of(0.25)],
  ]);
}

/** As a back end that works on two parts is given them. */
export function inTwoParts(packed: PackedExamples, { step }: TrainingProgram): readonly PackedExamples[] {
  return cutParts(packed, planBatches(step, [], 2).parts!, newArrays);
}

/** Step `number`; the third has only empty histories. */
export function smallFeed(number: number): StepFeed {
  const random = Random.of(number, "batch");
  const size = 6 + number;
  const rows = 5 + number;
  const lengths = Array.from({ length: size }, () => (number === 3 ? 0 : random.integer(4)));
  const segments = Int32Array.from(lengths.flatMap((length, row) => new Array<number>(length).fill(row)));
  const ids = (length: number) => Int32Array.from({ length }, () => random.integer(rows));
  const packed = {
    size,
    segments: new Map([["clicks", segments]]),
    inputs: new Map<string, Int32Array | Float32Array>([
      ["item", ids(size)],
      ["clicks.item", ids(segments.length)],
      ["price", Float32Array.from({ length: size }, () => random.normal())],
      [inputNames.label("click"), Float32Array.from({ length: size }, () => random.integer(2))],
    ]),
  };
  const batch: Batch = {
    ...packed,
    tables: new Map([["item", Int32Array.from({ length: rows }, (_, row) => row + 2)]]),
    own: new Map(),
    parts: inTwoParts(packed, smallProgram()),
  };
  return {
    batch,
    rows: { item: Float32Array.from({ length: rows * WIDTH }, () => random.normal()) },
    scalars: { learning_rate: 0.5 },
  };
}
