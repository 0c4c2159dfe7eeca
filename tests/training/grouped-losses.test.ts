// Losses over the rows of a group: their formulas and gradients on every back end, and whole trainings, whose
// batches keep groups together wherever rows come from and however often a training is left.

import { describe, expect, test } from "vitest";
import { planBatches } from "../../compiler/data/batch-plan.ts";
import { lower } from "../../compiler/frontend/check/lower.ts";
import { tableNames } from "../../compiler/frontend/model/model.ts";
import { evaluate } from "../../compiler/middle/builder/evaluate.ts";
import { exampleLayout } from "../../compiler/middle/graph/layout.ts";
import { trainingProgram } from "../../compiler/middle/programs/step.ts";
import { openTraining, type TrainingEvent } from "../../compiler/train/index.ts";
import { initialParameters } from "../../compiler/train/initial.ts";
import { inlineBatches } from "../../runtime/data/batches/prefetch.ts";
import { modelOf } from "../data/models.ts";
import { everywhere, farthest } from "../support/everywhere.ts";
import { randomRows } from "../support/random-rows.ts";
import { madeOf } from "../support/random-training.ts";

const model = modelOf(`model ranks
features training { request_id : id(size: 9) }
features user { user_id : id(size: 30)  embed 2 }
features item { item_id : id(size: 40)  embed 2 }
label click : binary
net {
  let score = dot(user_id, item_id)
  let no    = total(item_id)
  predict click(weight: 0) = score - no |> sigmoid
  loss pairs = bpr(score, click, by: request_id)
  loss far   = pairwise_hinge(score, click, by: request_id, margin: 0.3)
  loss first = listwise_softmax(score, click, by: request_id)
  loss both  = jrc(no, score, click, by: request_id)
  loss next  = in_batch_softmax(user_id, item_id, item_id, temperature: 0.5)
  loss alike = info_nce(user_id, item_id, temperature: 0.5)
}
train { batch 8  epochs 2  optimizer sgd(0.5) }`);
const program = trainingProgram(lower(model), model);

const groups = [0, 1, 0, 0, 1, 2];
const clicks = [1, 0, 0, 1, 1, 1];
const rows = [...groups.keys()];
const beside = (i: number) => rows.filter((j) => groups[j] === groups[i]);
const numbers = (from: number) => rows.flatMap((i) => [Math.sin(from + 2 * i), Math.cos(from + 5 * i)]);
const [users, items] = [numbers(1), numbers(2)];
const FREQUENCY = tableNames.frequency("item_id");
/** Of the training rows that have each item. */
const shares = [0.3, 0.05, 0.2, 0.15, 0.1, 0.2];
const layout = exampleLayout({
  examples: rows.length,
  lengths: { "batch(request_id)": rows.map((i) => beside(i).length), batch: rows.map(() => rows.length) },
  tables: { user_id: rows.length, item_id: rows.length, [FREQUENCY]: rows.length },
});
const feeds = (u: readonly number[] = users, v: readonly number[] = items) => ({
  inputs: {
    ...{ user_id: rows, item_id: rows, "label/click": clicks, "scalar/learning_rate": [1] },
    "batch/batch(request_id)": rows.flatMap(beside),
    "batch/batch": rows.flatMap(() => rows),
  },
  parameters: Object.fromEntries(initialParameters(program.step, 1)),
  tables: { user_id: u, item_id: v, [FREQUENCY]: shares },
});

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
const mean = (values: readonly number[]) => (values.length === 0 ? 0 : sum(values) / values.length);
const no = (i: number) => items[2 * i]! + items[2 * i + 1]!;
const product = (i: number, j: number) =>
  users[2 * i]! * items[2 * j]! + users[2 * i + 1]! * items[2 * j + 1]!;
const score = (i: number) => product(i, i);
const lower_ = (i: number) => beside(i).filter((j) => clicks[j]! < clicks[i]!);
const share = (of: (j: number) => number, i: number, among = beside(i)) =>
  -Math.log(Math.exp(of(i)) / sum(among.map((j) => Math.exp(of(j)))));
const wanted = {
  pairs: mean(rows.map((i) => mean(lower_(i).map((j) => Math.log1p(Math.exp(score(j) - score(i))))))),
  far: mean(rows.map((i) => mean(lower_(i).map((j) => Math.max(0, 0.3 - score(i) + score(j)))))),
  first: mean(rows.map((i) => clicks[i]! * share(score, i))),
  both: mean(rows.map((i) => share(clicks[i] === 1 ? score : no, i))),
  next: mean(rows.map((i) => share((j) => 2 * product(i, j) - Math.log(shares[j]!), i, rows))),
  alike: mean(rows.map((i) => share((j) => 2 * product(i, j), i, rows))),
};

describe("on every back end", () => {
  test.each(everywhere)("$name gives the formulas' losses and gradients", async ({ run, tolerance }) => {
    const { outputs } = await run(program.step, feeds(), layout);
    for (const [name, value] of Object.entries(wanted))
      expect(farthest(outputs.get(`loss.${name}`)!, [value]), name).toBeLessThan(tolerance);
    const loss = (u: readonly number[], v: readonly number[]) =>
      evaluate(program.step, feeds(u, v), layout).outputs.get("loss")![0]!;
    const moved = (of: readonly number[], i: number, by: number) =>
      of.map((each, k) => (k === i ? each + by : each));
    const slopes = (of: readonly number[], at: (values: readonly number[]) => number) =>
      of.map((_, i) => (at(moved(of, i, 1e-5)) - at(moved(of, i, -1e-5))) / 2e-5);
    expect(
      farthest(
        outputs.get("gradient.user_id")!,
        slopes(users, (u) => loss(u, items)),
      ),
    ).toBeLessThan(1e-5);
    expect(
      farthest(
        outputs.get("gradient.item_id")!,
        slopes(items, (v) => loss(users, v)),
      ),
    ).toBeLessThan(1e-5);
  });
});

test("a batch has for each row those of its group, and a prediction has none", async () => {
  const made = madeOf(model, 30);
  const random = randomRows(made.program, made.tables, { rows: 6 });
  const data = { ...random, groups: new Map([["request_id", Int32Array.from([7, 1, 7, 7, 1, 1])]]) };
  const { stream } = inlineBatches(planBatches(program.step, made.tables));
  const order = Int32Array.from(rows);
  for await (const batch of stream(data, order, 6, { seed: 1, step: 1 })) {
    // 1 is what has no value: these rows are alone.
    expect([...batch.segments.get("batch(request_id)")!]).toEqual([0, 0, 0, 1, 2, 2, 2, 3, 3, 3, 4, 5]);
    expect([...(batch.inputs.get("batch/batch(request_id)") as Int32Array)]).toEqual([
      0, 2, 3, 1, 0, 2, 3, 0, 2, 3, 4, 5,
    ]);
  }
  for await (const batch of stream(data, order, 6))
    expect(batch.segments.get("batch(request_id)")).toHaveLength(0);
  expect(program.predict.nodes.some(({ type }) => type.rows.kind === "steps")).toBe(false);
});

test("a row that lacks a label is not compared with others by it, and is by what all have", async () => {
  const partly = modelOf(`model partly
features user { user_id : id(size: 30)  embed 2 }
features item { item_id : id(size: 40)  embed 2 }
label like : binary(missing: none)
net {
  predict like  = dot(user_id, item_id) |> sigmoid
  loss pairs    = bpr(dot(user_id, item_id), like, by: user_id)
  loss in_batch = log_sum_exp(dot(user_id, batch(item_id))) - dot(user_id, item_id)
}
train { batch 8  epochs 1 }`);
  const made = madeOf(partly, 30);
  const random = randomRows(made.program, made.tables, { rows: 4 });
  const labels = new Map([
    ["like", Float32Array.from([1, 0, 0, 0])],
    ["present/like", Float32Array.from([1, 0, 1, 1])],
  ]);
  const data = { ...random, labels, groups: new Map([["user_id", Int32Array.from([7, 7, 7, 9])]]) };
  const { stream } = inlineBatches(planBatches(made.program.step, made.tables));
  for await (const batch of stream(data, Int32Array.from([0, 1, 2, 3]), 4, { seed: 1, step: 1 })) {
    expect([...batch.segments.get("batch(user_id)")!]).toEqual([0, 0, 1, 2, 2, 3]);
    expect([...(batch.inputs.get("batch/batch(user_id)") as Int32Array)]).toEqual([0, 2, 1, 0, 2, 3]);
    expect(batch.segments.get("batch")).toHaveLength(16);
  }
});

/** Requests of three films, of which those with an even number are clicked. */
const requests = Array.from({ length: 120 }, (_, i) => ({
  ...{
    request_id: Math.floor(i / 3) % 9,
    user_id: i % 30,
    item_id: (7 * i) % 40,
    click: (7 * i) % 2 === 0 ? 1 : 0,
  },
}));

test("what is clicked comes to stand above the others of its request, and a scored row needs no request", async () => {
  const training = await openTraining(modelOf(model.file.text.replace("epochs 2", "epochs 20")), {
    train: requests.map((row) => ({ ...row, request_id: row.request_id % 9 })),
  });
  await training.run();
  const terms = training.epochs.map((epoch) => epoch.terms.get("pairs")!);
  expect(terms.at(-1)!).toBeLessThan(0.8 * terms[0]!);
  const scored = await training.predict([{ user_id: 3, item_id: 4 }]);
  expect(Number.isFinite(scored.logits.get("click")![0])).toBe(true);
  await training.close();
});

test("says how many groups are cut", async () => {
  const told: string[] = [];
  const onEvent = (event: TrainingEvent) => {
    if (event.kind === "diagnostics")
      told.push(...event.diagnostics.map(({ code, message }) => `${code} ${message}`));
  };
  const open = async (of: (i: number) => number) =>
    (
      await openTraining(model, {
        train: requests.slice(0, 20).map((row, i) => ({ ...row, request_id: of(i) })),
        onEvent,
      })
    ).close();
  await open((i) => (i < 9 ? i : 8));
  expect(told).toEqual([
    "DIN0338 1 value of `request_id` has more training rows than a batch of 8, up to 12. They are cut into parts, which differ in each epoch",
  ]);
});
