// Losses that see all rows of a batch: the softmax over the items of a batch against its formula, its
// gradients by differences, on every back end, and in whole trainings, whose evaluations have no such axis.

import { describe, expect, test } from "vitest";
import { Random } from "../../compiler/common/random.ts";
import { lower } from "../../compiler/frontend/check/lower.ts";
import { evaluate } from "../../compiler/middle/builder/evaluate.ts";
import { exampleLayout } from "../../compiler/middle/graph/layout.ts";
import { trainingProgram } from "../../compiler/middle/programs/step.ts";
import { openTraining } from "../../compiler/train/index.ts";
import { initialParameters } from "../../compiler/train/initial.ts";
import { modelOf } from "../data/models.ts";
import { everywhere, farthest } from "../support/everywhere.ts";

const WIDTH = 2;
const model = modelOf(`model towers
features user { user_id : id(size: 30)  embed ${WIDTH} }
features item { item_id : id(size: 40)  embed ${WIDTH} }
label click : binary
net {
  predict click = dot(user_id, item_id) |> sigmoid
  loss in_batch(weight: 0.5) = log_sum_exp(2 * dot(user_id, batch(item_id))) - 2 * dot(user_id, item_id)
  loss apart(weight: 0.25)   = mean(softplus(batch(total(item_id)) - total(item_id)))
}
train { batch 8  epochs 2  optimizer sgd(0.5) }`);
const program = trainingProgram(lower(model), model);

const ROWS = 4;
const random = new Random(3);
const numbers = () => Array.from({ length: ROWS * WIDTH }, () => 2 * random.next() - 1);
const [users, items] = [numbers(), numbers()];
const ids = [0, 1, 2, 3];
const layout = exampleLayout({
  ...{ examples: ROWS, lengths: { batch: [ROWS, ROWS, ROWS, ROWS] } },
  tables: { user_id: ROWS, item_id: ROWS },
});
const feeds = (u: readonly number[] = users, v: readonly number[] = items) => ({
  inputs: {
    ...{ user_id: ids, item_id: ids, "label/click": [1, 0, 1, 1], "scalar/learning_rate": [1] },
    "batch/batch": ids.flatMap(() => ids),
  },
  parameters: Object.fromEntries(initialParameters(program.step, 1)),
  tables: { user_id: u, item_id: v },
});

const row = (of: readonly number[], i: number) => of.slice(i * WIDTH, (i + 1) * WIDTH);
const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, each, j) => sum + each * b[j]!, 0);
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

describe("on every back end", () => {
  test.each(everywhere)("$name gives the formula's losses and gradients", async ({ run, tolerance }) => {
    const { outputs } = await run(program.step, feeds(), layout);
    const own = ids.map((i) => {
      const scores = ids.map((j) => 2 * dot(row(users, i), row(items, j)));
      return Math.log(sum(scores.map(Math.exp))) - scores[i]!;
    });
    const apart = ids.map(
      (i) => sum(ids.map((j) => Math.log1p(Math.exp(sum(row(items, j)) - sum(row(items, i)))))) / ROWS,
    );
    expect(farthest(outputs.get("loss.in_batch")!, [sum(own) / ROWS])).toBeLessThan(tolerance);
    expect(farthest(outputs.get("loss.apart")!, [sum(apart) / ROWS])).toBeLessThan(tolerance);
    const step = 1e-5;
    const moved = (of: readonly number[], i: number, by: number) =>
      of.map((each, k) => (k === i ? each + by : each));
    const loss = (u: readonly number[], v: readonly number[]) =>
      evaluate(program.step, feeds(u, v), layout).outputs.get("loss")![0]!;
    const slopes = (of: readonly number[], at: (values: readonly number[]) => number) =>
      of.map((_, i) => (at(moved(of, i, step)) - at(moved(of, i, -step))) / (2 * step));
    const ofUsers = slopes(users, (u) => loss(u, items));
    const ofItems = slopes(items, (v) => loss(users, v));
    expect(farthest(outputs.get("gradient.user_id")!, ofUsers)).toBeLessThan(1e-5);
    expect(farthest(outputs.get("gradient.item_id")!, ofItems)).toBeLessThan(1e-5);
  });
});

describe("ids across the batch", () => {
  const compared = modelOf(`model compared
features user { user_id : id(size: 30)  embed ${WIDTH} }
features item { item_id : id(size: 40)  embed ${WIDTH} }
label click : binary
net {
  let p         = dot(user_id, item_id) |> sigmoid
  let scores    = dot(user_id, batch(item_id))
  let gap       = p - click
  predict click = p
  loss alike    = sum(batch(item_id) == item_id)
  loss chosen   = in_batch_softmax(user_id, item_id, item_id, hits: drop_hits)
  loss off      = gap * gap + 0 * mean(scores)
}
train { batch 8  epochs 1  optimizer sgd(0.5) }`);
  const { step } = trainingProgram(lower(compared), compared);
  // The second and the third row have the same item; the value of the last row is unknown.
  const items = [5, 6, 6, 1];
  const share = { 5: 0.25, 6: 0.5, 1: 0.25 } as const;
  const place = [0, 1, 1, 2];
  const values = numbers().slice(0, 3 * WIDTH);
  const fed = (v: readonly number[]) => ({
    ...feeds(users, v),
    inputs: { ...feeds().inputs, item_id: place, "ids/item_id": items },
    tables: { user_id: users, item_id: v, "item_id.frequency": [0.25, 0.5, 0.25] },
  });
  const layout = exampleLayout({
    ...{ examples: ROWS, lengths: { batch: [ROWS, ROWS, ROWS, ROWS] } },
    tables: { user_id: ROWS, item_id: 3, "item_id.frequency": 3 },
  });
  const isHit = (i: number, j: number) => items[i] === items[j] && items[i] !== 1;
  const chosen = (v: readonly number[]) =>
    sum(
      ids.map((i) => {
        const score = (j: number) =>
          dot(row(users, i), row(v, place[j]!)) - Math.log(share[items[j] as keyof typeof share]);
        const others = ids.filter((j) => !isHit(i, j)).map((j) => Math.exp(score(j)));
        return Math.log(Math.exp(score(i)) + sum(others)) - score(i);
      }),
    ) / ROWS;

  test.each(everywhere)("$name leaves out rows with the row's own item", async ({ run, tolerance }) => {
    const { outputs } = await run(step, fed(values), layout);
    // The first row has only itself, the second and third each other too, and an unknown item equals none.
    expect(farthest(outputs.get("loss.alike")!, [5 / 4])).toBeLessThan(tolerance);
    expect(farthest(outputs.get("loss.chosen")!, [chosen(values)])).toBeLessThan(tolerance);
    const logit = ids.map((i) => dot(row(users, i), row(values, place[i]!)));
    const off = logit.map((z, i) => (1 / (1 + Math.exp(-z)) - feeds().inputs["label/click"][i]!) ** 2);
    expect(farthest(outputs.get("loss.off")!, [sum(off) / ROWS])).toBeLessThan(tolerance);
  });

  test("and its gradient is that of differences", () => {
    const loss = (v: readonly number[]) => evaluate(step, fed(v), layout).outputs.get("loss")![0]!;
    const { outputs } = evaluate(step, fed(values), layout);
    const moved = (i: number, by: number) => values.map((each, k) => (k === i ? each + by : each));
    const slopes = values.map((_, i) => (loss(moved(i, 1e-5)) - loss(moved(i, -1e-5))) / 2e-5);
    expect(farthest(outputs.get("gradient.item_id")!, slopes)).toBeLessThan(1e-7);
  });
});

test("a `let` that a prediction reads too follows the rules of predictions", () => {
  const text = model.file.text.replace(
    "predict click =",
    "let others = batch(item_id)\n  predict click = total(mean(others)) +",
  );
  expect(() => modelOf(text)).toThrow("`batch` can only be used in a `loss`");
});

test("nothing of it is in a prediction", () => {
  expect(program.predict.nodes.some(({ type }) => type.rows.kind === "steps")).toBe(false);
});

test("users and items that go together are found, and rows are measured by themselves", async () => {
  const rows = Array.from({ length: 240 }, (_, i) => ({ user_id: i % 30, item_id: i % 30, click: 1 }));
  const pairs = modelOf(
    model.file.text.replace("predict click =", "predict click =").replace("epochs 2", "epochs 12"),
  );
  const training = await openTraining(pairs, { train: rows });
  await training.run();
  const losses = training.epochs.map(({ terms }) => terms.get("in_batch")!);
  expect(losses.at(-1)!).toBeLessThan(0.8 * losses[0]!);
  const own = await training.predict([{ user_id: 3, item_id: 3 }]);
  const beside = await training.predict([3, 4, 5].map((item_id) => ({ user_id: 3, item_id })));
  expect(beside.logits.get("click")![0]).toBe(own.logits.get("click")![0]);
  await training.close();
});

test("frequency is the share of the training rows with the row's id, and no score has it", async () => {
  const counted = modelOf(`model counted
features user { user_id : id(size: 4)  embed 2 }
features item { item_id : id(size: 6)  embed 2 }
label click : binary
net {
  predict click = dot(user_id, item_id) |> sigmoid
  loss rare     = log(frequency(item_id))
}
train { batch 4  epochs 1 }`);
  const items = [0, 0, 0, 1, 1, 2, 5, 0];
  const training = await openTraining(counted, {
    train: items.map((item_id, i) => ({ user_id: i % 4, item_id, click: i % 2 })),
  });
  await training.run();
  const shares = items.map((item) => items.filter((each) => each === item).length / items.length);
  const wanted = shares.reduce((sum, share) => sum + Math.log(share), 0) / items.length;
  expect(training.epochs[0]!.terms.get("rare")).toBeCloseTo(wanted, 5);
  expect([...training.trained().predict.nodes].some(({ op }) => op === "log")).toBe(false);
  await training.close();
});
