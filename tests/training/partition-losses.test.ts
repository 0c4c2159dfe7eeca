// Losses over all rows of a table or of the batch: log_partition against its formula on every back end, its gradient by
// differences, the batches that have all rows, and whole trainings.

import { describe, expect, test } from "vitest";
import { Random } from "../../compiler/common/random.ts";
import { lower } from "../../compiler/frontend/check/lower.ts";
import { evaluate } from "../../compiler/middle/builder/evaluate.ts";
import { exampleLayout } from "../../compiler/middle/graph/layout.ts";
import { trainingProgram } from "../../compiler/middle/programs/step.ts";
import { openTraining } from "../../compiler/train/index.ts";
import { modelOf } from "../data/models.ts";
import { everywhere, farthest } from "../support/everywhere.ts";
import { randomRows } from "../support/random-rows.ts";
import { batchesOf, madeOf } from "../support/random-training.ts";

const WIDTH = 2;
const model = modelOf(`model next
features user { user_id : id(size: 30)  embed ${WIDTH} }
features item { item_id : id(size: 40)  embed ${WIDTH} }
history clicks(max: 4) { item_id <-> clicked }
label click : binary
net {
  predict click = dot(user_id, item_id) |> sigmoid
  let now       = before_last(clicks)
  let next      = after_first(clicks.item_id)
  loss item     = next_item_softmax(user_id, item_id)
  loss step     = sum(next_item_softmax(now, next, temperature: 0.5))
  loss beside   = sum(next_item_softmax(now, next, among: batch))
  loss in_batch = next_item_softmax(user_id, item_id, among: batch)
  loss asked    = sum(log_partition(now, batch(user_id)))
  loss biased   = log_partition(user_id, rows(item_id), bias: weight(rows(item_id)))
}
train { batch 8  epochs 2  optimizer sgd(0.5) }`);
const program = trainingProgram(lower(model), model);

const random = new Random(3);
const numbers = (rows: number) => Array.from({ length: rows * WIDTH }, () => 2 * random.next() - 1);
const ROWS = 3;
const users = numbers(ROWS);
/** All rows of the table but the one that pads. */
const ITEMS = 70;
const items = numbers(ITEMS);
const biases = numbers(ITEMS / WIDTH);
const own = [0, 1, 2];
/** Row 0 clicked three items, row 1 nothing, and row 2 two items. */
const histories = [[0, 2, 3], [], [1, 2]];

const layout = exampleLayout({
  examples: ROWS,
  lengths: { clicks: histories.map(({ length }) => length), "clicks - 1": [2, 0, 1] },
  tables: { user_id: ROWS, item_id: ITEMS, "item_id.weight": ITEMS },
});
const feeds = (
  u: readonly number[] = users,
  v: readonly number[] = items,
  b: readonly number[] = biases,
) => ({
  inputs: {
    ...{ user_id: own, item_id: own, "clicks.item_id": histories.flat() },
    ...{ "label/click": [1, 0, 1], "scalar/learning_rate": [1] },
  },
  parameters: {},
  tables: { user_id: u, item_id: v, "item_id.weight": b },
});

const row = (of: readonly number[], i: number) => of.slice(i * WIDTH, (i + 1) * WIDTH);
const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, each, j) => sum + each * b[j]!, 0);
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
const partition = (x: readonly number[], keys: readonly (readonly number[])[], bias = keys.map(() => 0)) =>
  Math.log(sum(keys.map((key, i) => Math.exp(dot(x, key) + bias[i]!))));
const allItems = Array.from({ length: ITEMS }, (_, i) => row(items, i));
/** The pairs of a step's item and the next. */
const pairs = histories.flatMap((steps) => steps.slice(1).map((next, k) => [steps[k]!, next] as const));
const nexts = pairs.map(([, next]) => row(items, next));
const times = (x: readonly number[], by: number) => x.map((each) => by * each);

const expected: Readonly<Record<string, number>> = {
  item: sum(own.map((i) => partition(row(users, i), allItems) - dot(row(users, i), row(items, i)))),
  step: sum(
    pairs.map(([from, to]) => {
      const x = times(row(items, from), 2);
      return partition(x, allItems) - dot(x, row(items, to));
    }),
  ),
  beside: sum(
    pairs.map(([from, to]) => partition(row(items, from), nexts) - dot(row(items, from), row(items, to))),
  ),
  in_batch: sum(
    own.map((i) => {
      const x = row(users, i);
      return (
        partition(
          x,
          own.map((k) => row(items, k)),
        ) - dot(x, row(items, i))
      );
    }),
  ),
  biased: sum(own.map((i) => partition(row(users, i), allItems, biases))),
  asked: sum(
    pairs.map(([from]) =>
      partition(
        row(items, from),
        own.map((i) => row(users, i)),
      ),
    ),
  ),
};

describe("on every back end", () => {
  test.each(everywhere)("$name gives the formula's losses and gradients", async ({ run, tolerance }) => {
    const { outputs } = await run(program.step, feeds(), layout);
    for (const [name, value] of Object.entries(expected))
      expect(farthest(outputs.get(`loss.${name}`)!, [value / ROWS]), name).toBeLessThan(tolerance);
    const loss = (u: readonly number[], v: readonly number[], b: readonly number[]) =>
      evaluate(program.step, feeds(u, v, b), layout).outputs.get("loss")![0]!;
    const moved = (of: readonly number[], i: number, by: number) =>
      of.map((each, k) => (k === i ? each + by : each));
    const slopes = (of: readonly number[], at: (values: readonly number[]) => number) =>
      of.map((_, i) => (at(moved(of, i, 1e-5)) - at(moved(of, i, -1e-5))) / 2e-5);
    const ofUsers = slopes(users, (u) => loss(u, items, biases));
    const ofTable = slopes(items, (v) => loss(users, v, biases));
    const ofBias = slopes(biases, (b) => loss(users, items, b));
    expect(farthest(outputs.get("gradient.user_id")!, ofUsers)).toBeLessThan(1e-5);
    expect(farthest(outputs.get("gradient.item_id")!, ofTable)).toBeLessThan(1e-5);
    expect(farthest(outputs.get("gradient.item_id.weight")!, ofBias)).toBeLessThan(1e-5);
  });
});

test("a batch has all rows of the table, and those to score have their own", async () => {
  const made = madeOf(model, 42);
  const rows = randomRows(made.program, made.tables, { rows: 6 });
  const [batch] = await batchesOf(rows, 6, made);
  // Random ids may be the padding, which no encoder gives.
  const read = batch!.tables.get("item_id")!.filter((id) => id > 0);
  expect([...read]).toEqual(Array.from({ length: 41 }, (_, i) => i + 1));
  expect(program.predict.nodes.some(({ op }) => op === "log_partition")).toBe(false);
});

test("the next item is found among all", async () => {
  const longer = modelOf(model.file.text.replace("epochs 2", "epochs 10"));
  const rows = Array.from({ length: 120 }, (_, i) => ({
    ...{ user_id: i % 30, item_id: i % 10, click: 1 },
    clicked: [i % 10, (i + 1) % 10, (i + 2) % 10],
  }));
  const training = await openTraining(longer, { train: rows });
  await training.run();
  for (const name of ["item", "step"]) {
    const losses = training.epochs.map(({ terms }) => terms.get(name)!);
    expect(losses.at(-1)!).toBeLessThan(0.8 * losses[0]!);
  }
  await training.close();
});
