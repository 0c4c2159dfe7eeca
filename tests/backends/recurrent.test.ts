// A network with recurrences trains alike on every back end, and what is trained scores in generated code as it does in
// training.

import { describe, expect, test } from "vitest";
import type { Feed } from "../../compiler/backends/contract/session.ts";
import { type RawRequest, RequestEncoder } from "../../compiler/backends/golden/reference-inputs.ts";
import { RequestSampler } from "../../compiler/backends/golden/sample-requests.ts";
import { Random } from "../../compiler/common/random.ts";
import { lower } from "../../compiler/frontend/check/lower.ts";
import { evaluate } from "../../compiler/middle/build/evaluate.ts";
import { exampleLayout } from "../../compiler/middle/graph/layout.ts";
import { inputNames } from "../../compiler/middle/programs/program.ts";
import { trainingProgram } from "../../compiler/middle/programs/step.ts";
import { optimizerOf } from "../../compiler/middle/training/optimizers/registry.ts";
import { initialParameters } from "../../compiler/train/initial.ts";
import { chooseBackend } from "../../runtime/engines/choose.ts";
import { compiledFrom, trainedOf, worstDifference } from "../serve/compiled.ts";
import { installed } from "./installed.ts";
import { inTwoParts } from "./small-program.ts";

const SPEC = `model dien
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

const STEPS = 6;
const start = trainedOf(SPEC);
const { model, tables } = start;
const program = trainingProgram(lower(model), model);
const initial = new Map([...initialParameters(program.step, 1), ...start.parameters]);

/** A batch that reads all rows of both tables. */
function feedOf(
  lengths: readonly number[],
  ids: Readonly<Record<string, Int32Array>>,
  labels: Float32Array,
  step: number,
): Feed {
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
function trainingFeed(number: number): Feed {
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
    lengths,
    ids,
    Float32Array.from(lengths, () => random.integer(2)),
    number,
  );
}

function requestFeed(request: RawRequest): Feed {
  const { examples, lengths, columns } = new RequestEncoder(model, start.fitted).encode(request);
  const ids = Object.fromEntries(columns.map(({ input, values }) => [input, Int32Array.from(values)]));
  return feedOf(lengths.get("clicks")!, ids, new Float32Array(examples), 1);
}

/** A step by the ops' references, in f64. */
function referenceStep(
  { batch, rows, scalars }: Feed,
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

describe.each(installed)("recurrences on %s", (name) => {
  test("train as the references say, and score in generated code as in training", async () => {
    const session = await (await chooseBackend(name)).open(program, initial);
    let reference: Readonly<Record<string, ArrayLike<number>>> = Object.fromEntries(initial);
    for (let number = 1; number <= STEPS; number++) {
      const feed = trainingFeed(number);
      const { loss, gradients } = session.step(feed);
      const expected = referenceStep(feed, reference);
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
      const trained = session.predict(requestFeed(request))["click"]!;
      expectClose(compiled.ranker.logits(request) as Float32Array, trained, 2e-5, `${steps} steps`);
    }
    session.dispose();
  });
});
