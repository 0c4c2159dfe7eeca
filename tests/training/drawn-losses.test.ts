// Losses over ids that each step draws: the estimated softmax against its formula on every back end, its gradient by
// differences, its mean over draws, and the draws of whole trainings.

import { describe, expect, test } from "vitest";
import { newArrays } from "../../compiler/backends/contract/batch.ts";
import { Random } from "../../compiler/common/random.ts";
import { cumulativeShares, drawIds } from "../../compiler/data/noise.ts";
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
const DRAWN = 3;
const model = modelOf(`model next
features user { user_id : id(size: 30)  embed ${WIDTH} }
features item { item_id : id(size: 40)  embed ${WIDTH} }
history clicks(max: 4) { item_id <-> clicked }
label click : binary
net {
  predict click = dot(user_id, item_id) |> sigmoid
  loss item     = sampled_softmax(user_id, item_id, ${DRAWN}, power: 0)
  loss step     = sum(sampled_softmax(before_last(clicks), after_first(clicks.item_id), ${DRAWN}, power: 0))
}
train { batch 8  epochs 2  optimizer sgd(0.5) }`);
const program = trainingProgram(lower(model), model);
const draws = program.step.nodes.flatMap((node) =>
  node.op === "input" && node.attributes.role.kind === "drawn" ? [node.attributes] : [],
);

const random = new Random(3);
const numbers = (rows: number) => Array.from({ length: rows * WIDTH }, () => 2 * random.next() - 1);
const ROWS = 3;
const users = numbers(ROWS);
/** The rows of the batch's part of the table, and the ids that they are. */
const ids = [5, 6, 7, 8];
const items = numbers(ids.length);
const own = [0, 1, 2];
/** Row 0 clicked items 5, 7 and 8, row 1 nothing, and row 2 items 6 and 7. */
const histories = [[0, 2, 3], [], [1, 2]];
const drawn = { item: [0, 3, 3], step: [2, 1, 0] } as const;
const chance = { item: [0.5, 0.1, 0.1], step: [0.2, 0.3, 0.5] } as const;
const ofLoss = (name: string): "item" | "step" => (name.includes("item") ? "item" : "step");

const layout = exampleLayout({
  examples: ROWS,
  lengths: { clicks: histories.map(({ length }) => length), "clicks - 1": [2, 0, 1] },
  tables: { user_id: ROWS, item_id: ids.length },
});
const feeds = (u: readonly number[] = users, v: readonly number[] = items) => ({
  inputs: {
    ...{ user_id: own, item_id: own, "ids/item_id": own.map((i) => ids[i]!) },
    ...{ "clicks.item_id": histories.flat(), "ids/clicks.item_id": histories.flat().map((i) => ids[i]!) },
    ...{ "label/click": [1, 0, 1], "scalar/learning_rate": [1] },
    ...Object.fromEntries(
      draws.flatMap(({ name, role }) => {
        const loss = ofLoss(name);
        return [
          [name, drawn[loss]],
          [`ids/${name}`, drawn[loss].map((i) => ids[i]!)],
          [`probability/${role.kind === "drawn" ? role.of : ""}`, chance[loss]],
        ];
      }),
    ),
  },
  parameters: {},
  tables: { user_id: u, item_id: v },
});

const row = (of: readonly number[], i: number) => of.slice(i * WIDTH, (i + 1) * WIDTH);
const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, each, j) => sum + each * b[j]!, 0);
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
/** −log of the estimated share of item `to`, asked by `x`. */
const share = (x: readonly number[], to: number, loss: "item" | "step") => {
  const score = (i: number) => dot(x, row(items, i));
  const others = drawn[loss].map((i, k) => (i === to ? 0 : Math.exp(score(i)) / (DRAWN * chance[loss][k]!)));
  return Math.log(Math.exp(score(to)) + sum(others)) - score(to);
};

describe("on every back end", () => {
  test.each(everywhere)("$name gives the formula's losses and gradients", async ({ run, tolerance }) => {
    const { outputs } = await run(program.step, feeds(), layout);
    const ofItems = own.map((i) => share(row(users, i), i, "item"));
    const ofSteps = histories.flatMap((steps) =>
      steps.slice(1).map((next, k) => share(row(items, steps[k]!), next, "step")),
    );
    expect(farthest(outputs.get("loss.item")!, [sum(ofItems) / ROWS])).toBeLessThan(tolerance);
    expect(farthest(outputs.get("loss.step")!, [sum(ofSteps) / ROWS])).toBeLessThan(tolerance);
    const loss = (u: readonly number[], v: readonly number[]) =>
      evaluate(program.step, feeds(u, v), layout).outputs.get("loss")![0]!;
    const moved = (of: readonly number[], i: number, by: number) =>
      of.map((each, k) => (k === i ? each + by : each));
    const slopes = (of: readonly number[], at: (values: readonly number[]) => number) =>
      of.map((_, i) => (at(moved(of, i, 1e-5)) - at(moved(of, i, -1e-5))) / 2e-5);
    const ofUsers = slopes(users, (u) => loss(u, items));
    const ofTable = slopes(items, (v) => loss(users, v));
    expect(farthest(outputs.get("gradient.user_id")!, ofUsers)).toBeLessThan(1e-5);
    expect(farthest(outputs.get("gradient.item_id")!, ofTable)).toBeLessThan(1e-5);
  });
});

describe("draws", () => {
  const draw = { input: "drawn/net.x.drawn_1", count: 20_000, rows: 6, ids: null, probabilities: null };
  const shareOf = (ids: Int32Array, id: number) => ids.filter((each) => each === id).length / ids.length;

  test("are by the counts to the power, and their probabilities are exact", () => {
    const counts = Float64Array.from([9, 9, 16, 0, 4, 1]);
    const shares = new Map([[draw.input, cumulativeShares(counts, 0.5)!]]);
    const { ids, probabilities } = drawIds(draw, { seed: 1, step: 1, shares }, newArrays);
    const wanted = new Map([
      [2, 4 / 7],
      [4, 2 / 7],
      [5, 1 / 7],
    ]);
    expect(new Set(ids)).toEqual(new Set(wanted.keys()));
    for (const [id, probability] of wanted) {
      expect(shareOf(ids, id)).toBeCloseTo(probability, 1);
      expect(probabilities[ids.indexOf(id)]).toBeCloseTo(probability, 6);
    }
  });

  test("without shares are of all known ids alike; the same step draws the same", () => {
    const { ids, probabilities } = drawIds(draw, { seed: 1, step: 1 }, newArrays);
    for (const id of [2, 3, 4, 5]) expect(shareOf(ids, id)).toBeCloseTo(1 / 4, 1);
    expect(new Set(probabilities)).toEqual(new Set([0.25]));
    expect(drawIds(draw, { seed: 1, step: 1 }, newArrays).ids).toEqual(ids);
    expect(drawIds(draw, { seed: 1, step: 2 }, newArrays).ids).not.toEqual(ids);
  });

  test("of a table without known values are unknown, and none has a count", () => {
    const { ids } = drawIds({ ...draw, rows: 2, count: 3 }, { seed: 1, step: 1 }, newArrays);
    expect([...ids]).toEqual([1, 1, 1]);
    expect(cumulativeShares(Float64Array.from([3, 5, 0, 0]), 1)).toBeNull();
  });

  test("weigh so that their sum is that over all items, in the mean", () => {
    const scores = [0, 0, 0.5, -1, 2, 1].map(Math.exp);
    const shares = cumulativeShares(Float64Array.from([0, 0, 7, 1, 2, 5]), 0.75)!;
    const { ids, probabilities } = drawIds(
      draw,
      { seed: 4, step: 1, shares: new Map([[draw.input, shares]]) },
      newArrays,
    );
    const estimates = [...ids].map((id, i) => scores[id]! / probabilities[i]!);
    expect(sum(estimates) / ids.length / sum(scores.slice(2))).toBeCloseTo(1, 1);
  });
});

test("a step's batch has the ids, and one to score has none", async () => {
  const made = madeOf(model, 30);
  const rows = randomRows(made.program, made.tables, { rows: 6 });
  const [batch] = await batchesOf(rows, 6, made);
  const [draw] = draws;
  const inTable = batch!.inputs.get(`ids/${draw!.name}`)!;
  const positions = batch!.inputs.get(draw!.name)!;
  expect(Array.from(positions, (at) => batch!.tables.get("item_id")![at])).toEqual([...inTable]);
  expect([...inTable].every((id) => id >= 2)).toBe(true);
  expect(program.predict.nodes.some(({ type }) => type.rows.kind === "steps")).toBe(false);
});

test("popular items are drawn, and the next item is found", async () => {
  const counted = modelOf(
    model.file.text.replaceAll("power: 0", "power: 0.75").replace("epochs 2", "epochs 20"),
  );
  const rows = Array.from({ length: 120 }, (_, i) => ({
    ...{ user_id: i % 30, item_id: i % 10, click: 1 },
    clicked: [i % 10, (i + 1) % 10, (i + 2) % 10],
  }));
  const training = await openTraining(counted, { train: rows });
  await training.run();
  for (const name of ["item", "step"]) {
    const losses = training.epochs.map(({ terms }) => terms.get(name)!);
    expect(losses.at(-1)!).toBeLessThan(0.8 * losses[0]!);
  }
  await training.close();
});
