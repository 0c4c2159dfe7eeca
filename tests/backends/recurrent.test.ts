// Networks with recurrences and windows train alike on every back end, and what is trained scores in
// generated code as it does in training.

import { describe, expect, test } from "vitest";
import type { StepFeed } from "../../compiler/backends/contract/session.ts";
import { type RawRequest, RequestEncoder } from "../../compiler/backends/golden/reference-inputs.ts";
import { RequestSampler } from "../../compiler/backends/golden/sample-requests.ts";
import { Random } from "../../compiler/common/random.ts";
import { lower } from "../../compiler/frontend/check/lower.ts";
import { evaluate } from "../../compiler/middle/builder/evaluate.ts";
import { exampleLayout } from "../../compiler/middle/graph/layout.ts";
import { inputNames } from "../../compiler/middle/programs/program.ts";
import { trainingProgram } from "../../compiler/middle/programs/step.ts";
import { optimizerOf } from "../../compiler/middle/training/optimizers/registry.ts";
import { initialParameters } from "../../compiler/train/initial.ts";
import { chooseBackend } from "../../runtime/engines/choose.ts";
import { compiledFrom, trainedOf, worstDifference } from "../serve/compiled.ts";
import { installed } from "./installed.ts";
import { inTwoParts } from "./small-program.ts";

const DIEN = `model dien
features user { user_id : id  embed 6 }
features item { item_id : id  embed 4 }
history clicks(max: 12) { item_id <-> clicked }
label click : binary
net {
  let states    = gru(clicks, width: 6)
  let attention = softmax(dot(dense(states, 4), item_id))
  let evolved   = augru(states, attention, width: 5)
  let mood      = scan((h, x, u) => h + tanh(dense(concat(h, x, u), 6)), clicks, user_id, width: 6, start: user_id)
  predict click = concat(item_id, sum(evolved), mean(mood)) |> mlp([8]) |> dense(1) |> sigmoid
}
train {
  loss binary_cross_entropy
  optimizer adam(learning_rate: 0.01)
}`;

const WINDOWS = `model windows
features user { user_id : id  embed 6 }
features item { item_id : id  embed 4 }
history clicks(max: 12) { item_id <-> clicked }
label click : binary
net {
  let both      = concat(lstm(clicks, width: 4), scan_back(gru_cell, clicks, width: 3))
  let counted   = scan((h, n, x) => [tanh(dense(h + x, 4)), n + dot(h, x)], clicks, width: [4, 1], start: 0.1)
  let fields    = [item_id, dense(user_id, 4), mean(clicks), first(both) |> dense(4)]
  let along     = concat(last(lstm(fields, 4)), flatten(scan_back(gru_cell, fields, width: 2)))
  let local     = window(clicks, 3) |> dense(6, tanh) |> mean
  let earlier   = sum(window(clicks, 3, before: 2) |> dense(2))
  let across    = flatten(window(fields, 2) |> dense(3, tanh))
  let placed    = concat(mean(buckets(place(clicks), [2, 5, 10], 4)), sum(clicks / place(clicks)))
  let state     = concat(last(both), last(counted[1]), last(counted[2]), along, placed)
  predict click = concat(item_id, state, local, earlier, across) |> mlp([8]) |> dense(1) |> sigmoid
}
train {
  loss binary_cross_entropy
  optimizer adam(learning_rate: 0.01)
}`;

const PAIRS = `model pairs
features user { user_id : id  embed 6 }
features item { item_id : id  embed 4 }
history clicks(max: 12) { item_id <-> clicked }
label click : binary
net {
  let back      = facing(place(clicks)) - place(clicks)
  let scores    = dot(linear(clicks, 4), facing(linear(clicks, 4))) + buckets(back, [-3, 0, 1, 4], 1)
  let causal    = sum(where(back >= 0, scores * sigmoid(scores), 0) / 12 * facing(linear(clicks, 4)))
  let shares    = last(sum(softmax(scores) * facing(clicks / 2)))
  let ends      = sum(max(scores)) + sum(min(scores)) + mean(mean(scores * back))
  let asked     = sum(softmax(dot(item_id, facing(clicks)), where: facing(place(clicks)) > 1) * facing(clicks))
  predict click = concat(item_id, user_id, mean(causal), shares, ends, asked) |> mlp([8]) |> dense(1) |> sigmoid
}
train {
  loss binary_cross_entropy
  optimizer adam(learning_rate: 0.01)
}`;

/** All of its pairs of steps are read by sums alone. */
const PAIR_SUMS = `model pair_sums
features user { user_id : id  embed 6 }
features item { item_id : id  embed 4 }
history clicks(max: 12) { item_id <-> clicked }
label click : binary
net {
  let back      = facing(place(clicks)) - place(clicks)
  let asking    = linear(clicks, 4)
  let scores    = dot(asking, facing(linear(clicks, 4))) + dot(asking, facing(clicks)) * back + buckets(back, 1..11, 1)
  let causal    = sum(where(back >= 0, silu(scores), 0) / 12 * facing(linear(clicks, 4)))
  let wide      = linear(causal, 9)
  let bias      = buckets(back, [-3, 0, 1.5, 4], 1) + parameter(1) * back + parameter(1)
  let near      = (back >= 0) * (back < 5)
  let local     = sum(softmax(dot(wide, facing(wide)) + bias, where: near) * facing(linear(clicks, 6)))
  let own       = linear(clicks, 1)
  let counted   = sum(sigmoid(own + facing(own)) * (back > 1))
  let seen      = concat(mean(local), max(local), last(causal), sum(counted))
  predict click = concat(item_id, user_id, seen) |> mlp([8]) |> dense(1) |> sigmoid
}
train {
  loss binary_cross_entropy
  optimizer adam(learning_rate: 0.01)
}`;

const STEPS = 6;

function networkOf(spec: string) {
  const start = trainedOf(spec);
  const { model, tables } = start;
  const program = trainingProgram(lower(model), model);
  const initial = new Map([...initialParameters(program.step, 1), ...start.parameters]);
  return { start, model, tables, program, initial };
}

type Network = ReturnType<typeof networkOf>;

const networks = [
  ["recurrences", networkOf(DIEN)],
  ["windows and lists", networkOf(WINDOWS)],
  ["pairs of steps", networkOf(PAIRS)],
  ["sums of pairs", networkOf(PAIR_SUMS)],
] as const;

/** A batch that reads all rows of both tables. */
function feedOf(
  { tables, program, model }: Network,
  lengths: readonly number[],
  ids: Readonly<Record<string, Int32Array>>,
  labels: Float32Array,
  step: number,
): StepFeed {
  const segments = Int32Array.from(lengths.flatMap((length, row) => new Array<number>(length).fill(row)));
  const packed = {
    size: lengths.length,
    segments: new Map([["clicks", segments]]),
    inputs: new Map<string, Int32Array | Float32Array>([
      ...Object.entries(ids),
      [inputNames.label("click"), labels],
    ]),
  };
  return {
    batch: {
      ...packed,
      tables: new Map(
        [...tables].map(([name, { values, width }]) => [
          name,
          Int32Array.from({ length: values.length / width }, (_, row) => row),
        ]),
      ),
      own: new Map(),
      parts: inTwoParts(packed, program),
    },
    rows: Object.fromEntries([...tables].map(([name, { values }]) => [name, values])),
    scalars: optimizerOf(model.train.optimizer).scalars(model.train.optimizer, step),
  };
}

/** Batch `number`; the third has no history at all. */
function trainingFeed(network: Network, number: number): StepFeed {
  const { tables } = network;
  const random = Random.of(number, "batch");
  const lengths = Array.from({ length: 7 + number }, () => (number === 3 ? 0 : random.integer(13)));
  const draw = (name: string, length: number) => {
    const { values, width } = tables.get(name)!;
    return Int32Array.from({ length }, () => random.integer(values.length / width));
  };
  const steps = lengths.reduce((sum, length) => sum + length, 0);
  const ids = {
    user_id: draw("user_id", lengths.length),
    item_id: draw("item_id", lengths.length),
    "clicks.item_id": draw("item_id", steps),
  };
  return feedOf(
    network,
    lengths,
    ids,
    Float32Array.from(lengths, () => random.integer(2)),
    number,
  );
}

function requestFeed(network: Network, request: RawRequest): StepFeed {
  const { model, start } = network;
  const { examples, lengths, columns } = new RequestEncoder(model, start.fitted).encode(request);
  const ids = Object.fromEntries(columns.map(({ input, values }) => [input, Int32Array.from(values)]));
  return feedOf(network, lengths.get("clicks")!, ids, new Float32Array(examples), 1);
}

/** A step by the ops' references, in f64. */
function referenceStep(
  { program }: Network,
  { batch, rows, scalars }: StepFeed,
  parameters: Readonly<Record<string, ArrayLike<number>>>,
) {
  const lengths = new Array<number>(batch.size).fill(0);
  for (const row of batch.segments.get("clicks")!) lengths[row]!++;
  const sizes = [...batch.tables].map(([name, found]) => [name, found.length]);
  const fed = Object.entries(scalars).map(([name, value]) => [`scalar/${name}`, [value]]);
  const { outputs, updates } = evaluate(
    program.step,
    {
      inputs: { ...Object.fromEntries(batch.inputs), ...Object.fromEntries(fed) },
      parameters,
      tables: rows,
    },
    exampleLayout({ examples: batch.size, lengths: { clicks: lengths }, tables: Object.fromEntries(sizes) }),
  );
  return { loss: outputs.get("loss")![0]!, gradient: outputs.get("gradient.item_id")!, updates };
}

function expectClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  within: number,
  what: string,
): void {
  expect(actual.length, what).toBe(expected.length);
  for (let i = 0; i < actual.length; i++)
    expect(Math.abs(actual[i]! - expected[i]!), `${what} [${i}]`).toBeLessThan(
      within * (1 + Math.abs(expected[i]!)),
    );
}

describe.each(networks)("%s", (_, network) => {
  const { start, model, program, initial } = network;

  test.each(installed)(
    "train on %s as the references say, and score in generated code as in training",
    async (name) => {
      const session = await (await chooseBackend(name)).open(program, initial);
      let reference: Readonly<Record<string, ArrayLike<number>>> = Object.fromEntries(initial);
      for (let number = 1; number <= STEPS; number++) {
        const feed = trainingFeed(network, number);
        const { loss, gradients } = session.step(feed);
        const expected = referenceStep(network, feed, reference);
        reference = { ...reference, ...Object.fromEntries(expected.updates) };
        expectClose([loss], [expected.loss], 1e-5, `loss of step ${number}`);
        expectClose(gradients["item_id"]!, expected.gradient, 1e-5, `gradient of step ${number}`);
      }

      const parameters = new Map(
        [...session.read()].filter(([parameter]) => program.predict.parameters.has(parameter)),
      );
      const compiled = await compiledFrom({ ...start, parameters });
      const maker = new RequestSampler(model, start.fitted, Random.of(2, "recurrent"));
      for (const steps of [0, 1, 15]) {
        const request = maker.make({ candidates: 30, steps: () => steps, unseen: 0.1 });
        expect(worstDifference(compiled, request)).toBeLessThan(1);
        const trained = session.predict(requestFeed(network, request))["click"]!;
        expectClose(compiled.ranker.logits(request) as Float32Array, trained, 2e-5, `${steps} steps`);
      }
      session.dispose();
    },
  );
});
